#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/server_port.h"
#include "base/log.h"
#include "base/random.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/websocket.h"
#include "proto/link.pb.h"

namespace tusker {

// The agent's end of /link: dials, greets, reports, and dials again for ever.
//
// What is observed goes up whole: at once after a greeting, then when it differs, at most every 50
// ms; figures alone (memory, disk) every 15 s. After a loss it dials again within the time that the
// server named, then backs off to 15 s. Loop thread only.
class ServerLink {
 public:
  struct Handlers {
    std::function<link::Hello()> hello;
    std::function<link::Observed()> observed;
    std::function<link::Heartbeat()> heartbeat;
    std::function<void(link::Desired)> desired;
    std::function<void(const link::OpenStream&)> open_stream;
  };

  ServerLink(EventLoop& loop, ServerPort server, Random& random, Log log, Handlers handlers);
  ~ServerLink();
  ServerLink(const ServerLink&) = delete;
  ServerLink& operator=(const ServerLink&) = delete;

  void start() { dial(); }
  // What is observed may differ now.
  void changed();
  // Dropped when there is no connection: whoever it is for has lost it too.
  void send(const link::AgentFrame& frame);
  bool connected() const { return greeted_; }

 private:
  void dial();
  void dialled(Result<WebSocketAnswer> answer);
  void receive(std::string_view message);
  void receive_welcome(const link::Welcome& welcome);
  void lost(const std::string& reason);
  void report();
  void beat();
  Duration part_of(Duration longest);

  EventLoop& loop_;
  const ServerPort server_;
  Random& random_;
  const Log log_;
  const Handlers handlers_;
  PendingCall call_;
  std::unique_ptr<WebSocket> socket_;
  Timer again_;
  Timer report_;
  Timer beat_;
  Duration spread_ = std::chrono::seconds(1);
  Duration heartbeat_ = std::chrono::seconds(5);
  bool greeted_ = false;
  int failures_ = 0;  // in a row
  std::string told_failure_;
  link::Observed told_;  // what the server knows by this connection
  Time told_at_{};
};

}  // namespace tusker
