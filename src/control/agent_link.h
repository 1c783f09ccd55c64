#pragma once

#include <string_view>

#include "proto/link.pb.h"

namespace tusker {

// One connection to an agent, as control sees it: the network supplies the real one, simulation the
// fake. Loop thread only.
class AgentLink {
 public:
  virtual ~AgentLink() = default;

  // Queues one frame. A peer that does not read is closed by the network's own byte limit.
  virtual void send(const link::ServerFrame& frame) = 0;

  // Ends the connection; `reason` is for the log and for the agent's. The network then reports it
  // closed, once, and never from within this call.
  virtual void close(std::string_view reason) = 0;
};

}  // namespace tusker
