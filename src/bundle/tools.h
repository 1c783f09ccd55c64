#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "bundle/builder.h"

namespace tusker {

// One run of a tool as a part of a build.
struct ToolRun {
  std::string phase;  // of BundleProgress
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string directory;
  Duration timeout = std::chrono::minutes(60);
  std::uint64_t bytes_total = 0;
  std::function<std::uint64_t()> bytes_done;  // asked about once a second; empty: 0
  std::function<std::string(std::string_view line)>
      line_shown;  // what of a line is for people, "" for nothing; empty: every line
};

// What a tool said and how it ended.
struct ToolEnd {
  int exit_code = 0;
  std::string output;  // its last megabyte
};

// Runs tools for one artefact and tells its progress.
//
// A tool dies with us whatever happens: it is killed when this thread's process dies, and its whole
// process group at cancellation or time-out. One thread; blocks.
class Tools {
 public:
  Tools(ProcessRunner& processes,
        const Clock& clock,
        const BundleBuildOptions& options,
        std::string what)
      : processes_(processes), clock_(clock), options_(options), what_(std::move(what)) {}

  // Any exit code. Errors: Cancelled, DeadlineExceeded.
  Result<ToolEnd> run(const ToolRun& tool) const;
  // As run(), and an exit code other than 0 is an error with the tool's last lines.
  Status must_run(const ToolRun& tool) const;

  void say(std::string phase,
           std::string line = "",
           std::uint64_t done = 0,
           std::uint64_t total = 0) const;
  // Cancelled when the caller wants no more: between steps that run no tool.
  Status go_on() const;

 private:
  ProcessRunner& processes_;
  const Clock& clock_;
  const BundleBuildOptions& options_;
  std::string what_;
};

// "mvn ended with exit code 1: …", with the last lines that say something.
Error tool_failed(const std::string& tool, const ToolEnd& end);

// argv run as process 1 of namespaces of its own for mounts and processes: every mount and child
// ends with it.
std::vector<std::string> in_own_namespaces(std::vector<std::string> argv);

// "amd64", "arm64": Debian's name of this machine's architecture.
std::string debian_architecture();

}  // namespace tusker
