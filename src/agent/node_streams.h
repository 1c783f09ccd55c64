#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/host_keeper.h"
#include "agent/server_port.h"
#include "base/log.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"
#include "proto/link.pb.h"

namespace tusker {

// The programs that users run in this host's nodes, each joined to the server by a connection of
// its own, dialled here to /stream/ID. A program ends with its connection, and all of them with
// this. Loop thread only.
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
  class Stream;
  friend class Stream;
  void ended(const std::string& id);

  EventLoop& loop_;
  const HostKeeper& keeper_;
  const ServerPort server_;
  const Log log_;
  const std::function<void(const link::StreamEnd&)> refuse_;
  std::map<std::string, std::shared_ptr<Stream>> streams_;
  WorkerPool workers_;  // last: its threads end before what they use
};

}  // namespace tusker
