#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/server_port.h"
#include "base/log.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "net/websocket.h"
#include "net/worker_pool.h"
#include "proto/link.pb.h"

namespace tusker {

// One stream that a user has opened, on the agent's side: the connection that was dialled for it to
// the server's /stream/ID, and whatever it carries. The connection comes first: nothing is done for
// nobody. Belongs to the loop, and to a shared_ptr; what comes back from a worker after it ended
// finds it gone.
class DialledStream : public std::enable_shared_from_this<DialledStream> {
 public:
  // All of it outlives the stream. `ended` is called once, and may let go of the stream only later:
  // it is still in one of its own functions.
  struct Surroundings {
    EventLoop& loop;
    const ServerPort& server;
    const Log& log;
    WorkerPool& workers;
    std::function<void(const std::string& id)> ended;
  };

  DialledStream(Surroundings around, std::string id)
      : around_(std::move(around)), id_(std::move(id)) {}
  virtual ~DialledStream() = default;
  DialledStream(const DialledStream&) = delete;
  DialledStream& operator=(const DialledStream&) = delete;

  void dial();

 protected:
  // The user is there.
  virtual void begin() = 0;
  virtual void receive(std::string_view message) = 0;
  // The user has gone. The stream has to end itself with finish().
  virtual void hang_up() = 0;

  void send(const link::StreamFrame& frame);
  void send_output(std::string bytes, bool to_error);
  // Ends the stream, with its last frame for a user who is still there.
  void finish(const link::StreamFrame& last);
  void finish_with(int exit_code);
  void give_up(const std::string& why);

  bool hung_up() const { return hung_up_; }
  const std::string& id() const { return id_; }
  const Surroundings& around() const { return around_; }

  // `done`, of a worker's job, called only if this stream is there still.
  template <typename Self, typename Work, typename Done>
  void on_worker(Self* self, Work work, Done done) {
    around_.workers.submit(std::move(work),
                           [alive = weak_from_this(), self, done = std::move(done)](auto value) {
                             if (const auto kept = alive.lock()) done(*self, std::move(value));
                           });
  }

 private:
  const Surroundings around_;
  const std::string id_;
  PendingCall call_;
  std::unique_ptr<WebSocket> socket_;
  bool hung_up_ = false;
};

}  // namespace tusker
