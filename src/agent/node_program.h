#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "agent/host_layout.h"
#include "agent/oci_config.h"
#include "agent/runc.h"
#include "base/process.h"
#include "base/result.h"
#include "net/event_loop.h"

namespace tusker {

// What to run, and where what it writes goes.
struct NodeProgramSpec {
  ProcessSpec process;
  std::uint32_t columns = 80;  // of the terminal, if it has one
  std::uint32_t rows = 24;
};

// All on the loop, none after the NodeProgram is destroyed.
struct NodeProgramEvents {
  std::function<void(std::string bytes, bool to_error)> on_output;
  std::function<void(std::size_t bytes)> on_input_taken;
  // Last: all its output was delivered. As in Finished; 127 for a program that is not there and 126
  // for one that cannot be run, as shells say it.
  std::function<void(int exit_code)> on_end;
};

// A program in a container that is not of its supervisor: what `runc exec` started, with its
// streams, for a user far away.
//
// One thread moves bytes between the program and the loop. It stops reading output while the reader
// owes it kOutputWindow bytes, so a slow reader slows the program and fills no memory. Destroying
// it ends the program, with KILL if need be, and waits for that.
class NodeProgram {
 public:
  static constexpr std::uint64_t kOutputWindow = 1 << 20;

  // Started from a worker thread: writes files and starts a process. `name` is unique in the node:
  // [0-9a-f]+. The error has runc's words.
  static Result<std::unique_ptr<NodeProgram>> start(const Runc& runc,
                                                    const NodeLayout& node,
                                                    const std::string& name,
                                                    const NodeProgramSpec& spec);
  ~NodeProgram();
  NodeProgram(const NodeProgram&) = delete;
  NodeProgram& operator=(const NodeProgram&) = delete;

  // The rest belongs to the loop. Once.
  void attach(EventLoop& loop, NodeProgramEvents events);

  void write(std::string bytes);
  void end_input();
  // The reader has taken so many bytes of output in all.
  void acknowledge(std::uint64_t total);
  // To the program's process group.
  void signal(int number);
  void resize(std::uint32_t columns, std::uint32_t rows);
  // Nobody reads any more: HUP, after 5 s KILL. on_end still comes.
  void hang_up();

 private:
  struct Shared;
  struct Pump;
  explicit NodeProgram(std::unique_ptr<Pump> pump);

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Pump> pump_;  // the thread's, once attached
  std::thread thread_;
};

}  // namespace tusker
