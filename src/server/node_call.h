#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "net/event_loop.h"
#include "net/websocket.h"
#include "proto/link.pb.h"
#include "server/stream_relay.h"

namespace tusker::server {

// One program that the server runs in a node, with its input and output.
//
// Output arrives in pieces, and what was not taken yet bounds what the agent sends; input is asked
// for piece by piece. A program that neither takes nor gives anything for five minutes is given up.
// Loop thread only; loop and relay outlive it. Destroying it ends the program, and `ended` is not
// called any more.
class NodeCall final : public std::enable_shared_from_this<NodeCall> {
 public:
  struct Request {
    HostId host;
    std::string node_id;
    std::string user;
    std::vector<std::string> argv;
    std::function<Status(std::string_view)> on_output;
    std::function<Result<std::string>()> next_input;  // empty: that was all. Null: there is none
  };
  // Unavailable: the program could not be started, or its end is not known. FailedPrecondition: it
  // ended with another code than 0; the message has the last of what it said. Or the error of
  // `on_output` and `next_input`. Called once, from the loop.
  using Ended = std::function<void(const Status&)>;

  NodeCall(EventLoop& loop, Request request, Ended ended);
  ~NodeCall();
  NodeCall(const NodeCall&) = delete;
  NodeCall& operator=(const NodeCall&) = delete;

  void start(StreamRelay& streams);

 private:
  void opened(std::unique_ptr<WebSocket> socket);
  void receive(std::string_view message);
  void take(std::string_view bytes);
  void feed();
  void program_ended(int exit_code);
  void end(const Status& status);
  void wait();
  void send(const link::StreamFrame& frame);

  EventLoop& loop_;
  Request request_;
  Ended ended_;  // null: it ended
  std::unique_ptr<WebSocket> socket_;
  std::string complaint_;  // the end of its standard error
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;  // of what was sent
  bool input_ended_ = false;
  Timer limit_;
};

}  // namespace tusker::server
