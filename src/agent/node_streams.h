#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/dialled_stream.h"
#include "agent/host_keeper.h"
#include "agent/server_port.h"
#include "base/log.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"
#include "proto/link.pb.h"

namespace tusker {

// What users have opened on this host: programs in its nodes, logs of its roles, connections to
// its nodes' pages. Each is joined to the server by a connection of its own, dialled here to
// /stream/ID, and ends with it, and all of them with this. Loop thread only.
class NodeStreams {
 public:
  // `refuse` tells the server of a stream that cannot be opened. All that is borrowed outlives it.
  NodeStreams(EventLoop& loop,
              const HostKeeper& keeper,
              ServerPort server,
              Log log,
              std::function<void(const link::StreamEnd&)> refuse);
  ~NodeStreams();
  NodeStreams(const NodeStreams&) = delete;
  NodeStreams& operator=(const NodeStreams&) = delete;

  void open(const link::OpenStream& request);

 private:
  using Opened = std::shared_ptr<DialledStream>;
  Result<Opened> make(const link::OpenStream& request);
  void ended(const std::string& id);

  EventLoop& loop_;
  const HostKeeper& keeper_;
  const ServerPort server_;
  const Log log_;
  const std::function<void(const link::StreamEnd&)> refuse_;
  std::map<std::string, Opened> streams_;
  WorkerPool workers_;  // last: its threads end before what they use
};

}  // namespace tusker
