#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"
#include "control/controller.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/websocket.h"

namespace tusker::server {

// Joins a user's stream with the one that the agent dials for it, and carries messages between them
// unread.
//
// A user waits until the agent of the node's host has dialled, at most 10 s, so a stream that
// cannot be had is refused with a reason rather than opened and closed. Back-pressure passes
// through: a side that does not read stops the other. Both end together, and with the key that the
// user's was opened with. The server itself may be the user too. Loop thread only; loop and
// controller outlive it.
class StreamRelay {
 public:
  // Answers the user's request when there will be no stream.
  using Refuse = std::function<void(const Error&)>;

  StreamRelay(EventLoop& loop, Controller& controller, Random& random, Log log);
  ~StreamRelay();
  StreamRelay(const StreamRelay&) = delete;
  StreamRelay& operator=(const StreamRelay&) = delete;

  // `request.id` is filled in here; `secret_id` is the key's that asks for it.
  void open(const HostId& host,
            link::OpenStream request,
            std::string secret_id,
            Responder user,
            Refuse refuse);

  // The same with the server as the user: `ready` gets the agent's connection, not started yet.
  // Exactly one of the two is called, later or at once.
  using Ready = std::function<void(std::unique_ptr<WebSocket>)>;
  void open_here(const HostId& host, link::OpenStream request, Ready ready, Refuse refuse);

  // The agent of `host` dialled /stream/ID. False: nobody waits for this id, or not from this host.
  bool agent_dialled(const std::string& id, const HostId& host, const Responder& agent);

  // The agent says that it cannot.
  void agent_refused(const link::StreamEnd& end);

  std::size_t open_streams() const { return joined_.size(); }

 private:
  struct Waiting;
  struct Joined;

  // Asks the agent; nothing, and `waiting` was refused, when there is nobody to ask.
  void ask(link::OpenStream request, std::unique_ptr<Waiting> waiting);
  void fail(const std::string& id, const Error& error);
  void accept(std::unique_ptr<Waiting> waiting, const Responder& agent);
  void join(std::uint64_t number);
  void finish(std::uint64_t number);
  void end_streams_of(const std::string& secret_id);
  void carry(WebSocket& from, WebSocket& to, std::string_view message);

  EventLoop& loop_;
  Controller& controller_;
  Random& random_;
  Log log_;
  std::map<std::string, std::unique_ptr<Waiting>> waiting_;
  std::map<std::uint64_t, std::unique_ptr<Joined>> joined_;
  std::uint64_t last_number_ = 0;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // callbacks of sockets may come after us
};

}  // namespace tusker::server
