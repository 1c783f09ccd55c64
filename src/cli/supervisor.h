#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"

namespace tusker::cli {

// A program that shall always run.
struct ChildSpec {
  std::string name;               // server
  std::vector<std::string> argv;  // argv[0] is a path
  std::string error_path;         // its standard output and error, emptied at each start
};

// Something that happened to a child.
struct ChildEvent {
  enum class Kind {
    Started,
    Ended,    // will be started again after `pause`
    Refused,  // ended with kDoNotRestart: only a person can help; tried again after `pause` all the
              // same
  };
  Kind kind = Kind::Started;
  std::string name;
  pid_t pid = 0;
  int exit_code = 0;       // 128 + signal when a signal ended it
  std::string last_words;  // the end of what it wrote, at most 4 KB
  Duration pause{};
};

// Keeps children running and decides nothing: starts each, and starts it again when it ends, after
// 0.1 s, then 1 s doubling to 15 s as long as it ends within 10 s of its start. One child's end
// never touches another.
//
// One thread. The destructor leaves children alone; stop() ends them.
class Supervisor final {
 public:
  Supervisor(const Clock& clock,
             std::vector<ChildSpec> children,
             std::function<void(const ChildEvent&)> listener);

  // Does what is due, then waits until something happens, `wake` is readable, or this time is over.
  Status step(int wake, Duration longest);

  // TERM to every child, KILL to those that still live after `grace`. `waiting` is called about
  // once a second.
  void stop(Duration grace, const std::function<void(std::string_view names)>& waiting);

  // Of the child's current process; 0 while it waits to be started.
  pid_t pid_of(std::string_view name) const;

 private:
  struct Child {
    ChildSpec spec;
    pid_t pid = 0;
    UniqueFd handle;  // pidfd: readable when the process has ended
    Time started{};
    Time due{};
    int quick_ends = 0;
  };

  Status start(Child& child);
  void reap(Child& child);
  Duration time_to_next_start(Duration longest) const;
  std::string living() const;

  const Clock& clock_;
  std::vector<Child> children_;
  std::function<void(const ChildEvent&)> listener_;
};

// How long to wait before starting a child again that has ended so many times in a row soon after
// its start.
Duration restart_pause(int quick_ends);

}  // namespace tusker::cli
