#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/process.h"
#include "base/random.h"
#include "base/result.h"

namespace tusker {

class EventLoop;

struct AgentOptions {
  std::string data = "/var/lib/tusker";  // the agent's own part is its folder "agent"
  std::string server;                    // host:port of the server's agents' port
  std::string join_token_file;           // read when the agent has not joined yet
  std::string run_folder =
      "/run/tusker";      // where the agent's run folder is made, below its host id
  std::string host_name;  // a label; empty: the machine's name
};

// Runs the nodes of one host: makes what the server desires, tells what is, and never destroys what
// it is not told to.
//
// Keeps no database. After any crash a new Agent on the same data folder finds again what the
// kernel and runc show; nodes that run are not disturbed, half-made ones are finished or made
// again. It needs root. Everything on the loop's thread, except what blocks, which runs on threads
// of its own; the loop outlives the agent, and destroying the agent leaves all nodes running.
class Agent {
 public:
  // Takes over the data folder, brings back the nodes of the last desired state, and begins to dial
  // the server. Busy: another agent runs on this data folder. PermissionDenied: not root.
  // InvalidArgument: an option is wrong.
  static Result<std::unique_ptr<Agent>> start(EventLoop& loop,
                                              const AgentOptions& options,
                                              Random& random,
                                              ProcessRunner& runner,
                                              const Log& log);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Of this host, once the agent has joined; before, empty.
  const std::string& host_id() const;
  // Whether the server has greeted us on the connection that is open now.
  bool connected() const;

 private:
  class Impl;
  explicit Agent(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The command `tusker agent`: an Agent on a loop of its own until SIGTERM or SIGINT. Blocks; nodes
// stay up when it returns.
Status run_agent(const AgentOptions& options, const Log& log);

}  // namespace tusker
