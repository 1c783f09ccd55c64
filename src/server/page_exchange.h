#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "net/body_source.h"
#include "net/event_loop.h"
#include "net/http_message.h"
#include "net/http_server.h"
#include "net/response_reader.h"
#include "net/websocket.h"
#include "pages/page_addresses.h"
#include "pages/page_rewriter.h"
#include "proto/link.pb.h"
#include "server/stream_relay.h"

namespace tusker::server {

// What is to be asked of a node, complete, and where the answer goes.
struct PageCall {
  HostId host;            // where the node is
  link::OpenStream open;  // the connection to its port
  std::string request;    // the bytes that the node gets
  bool head_only = false;
  std::shared_ptr<const PageAddresses> addresses;
  Responder responder;
  // Answers in place of the node that did not.
  std::function<HttpResponse(const Error&)> refusal;
};

// One request on its way to a node's page, and the answer on its way back.
//
// The answer passes as fast as the browser takes it: what it has not taken is not acknowledged, and
// the agent keeps at most 1 MiB unacknowledged. A node that says nothing is given up after a
// minute, or two within its answer. Loop thread only; loop and relay outlive it. `ended` is called
// once, from within.
class PageExchange final : public std::enable_shared_from_this<PageExchange> {
 public:
  PageExchange(EventLoop& loop, PageCall call, std::function<void()> ended);
  void start(StreamRelay& streams);

 private:
  class Body;

  void opened(std::unique_ptr<WebSocket> socket);
  void receive(std::string_view message);
  void take(std::string_view bytes);
  void node_ended();
  void answer();
  HttpResponse response() const;
  void pass(std::string_view raw);
  void pump();
  void next(BodySource::Deliver deliver);
  void acknowledge();
  void wait_for_node(Duration limit);
  void fail(const Error& error);
  void end();

  EventLoop& loop_;
  PageCall call_;
  std::function<void()> ended_;  // null: it ended
  std::unique_ptr<WebSocket> socket_;
  ResponseReader reader_;
  std::unique_ptr<PageRewriter> rewriter_;  // null: the body passes as it is
  std::string raw_;                         // of the body, as read and not rewritten yet
  std::string body_;                        // for the browser
  BodySource::Deliver deliver_;             // the browser waits for more
  Status failed_ = ok_status();             // within the body
  bool answered_ = false;
  bool whole_ = false;  // all of the body is in body_
  std::uint64_t received_ = 0;
  std::uint64_t acknowledged_ = 0;
  Timer limit_;
};

}  // namespace tusker::server
