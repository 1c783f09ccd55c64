#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/host_layout.h"
#include "base/file.h"
#include "base/process.h"
#include "base/result.h"

namespace tusker {

// A container that runs: its PID 1, held so that the number cannot come to mean another process.
struct Container {
  pid_t pid = 0;  // on the host
  std::int64_t started_wall_ms = 0;
  UniqueFd handle;  // pidfd

  bool alive() const;  // does not block
};

// Containers of one agent, in a state folder of its own. Blocks: worker threads, several at once
// for different nodes.
class Runc {
 public:
  Runc(const HostLayout& host, ProcessRunner& runner) : host_(host), runner_(runner) {}

  // Ends runc processes of ours that outlived the agent that started them, before anything is
  // decided from what they were doing.
  Status settle() const;

  // A container is made from NodeLayout::folder/config.json and runs, with /dev/null for stdio and
  // init for a parent: it holds nothing of ours. The error holds runc's own words.
  Status run(const NodeLayout& node) const;
  // The node's container, if its PID 1 runs our program; one that is made but not started is none.
  std::shared_ptr<Container> find(const NodeLayout& node) const;
  // Ends programs that an earlier agent ran in the container for streams: their users are gone.
  void end_strangers(const NodeLayout& node) const;
  // No container, process, or cgroup of the node is left. Idempotent.
  Status remove(const NodeLayout& node) const;

  // "runc --root …", with runc's own words going to the file, for exec.
  std::vector<std::string> command(const std::string& log, std::vector<std::string> words) const;
  // What runc said there.
  static std::string messages_in(const std::string& log);

 private:
  const HostLayout host_;
  ProcessRunner& runner_;
};

}  // namespace tusker
