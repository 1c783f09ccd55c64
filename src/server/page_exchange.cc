#include "server/page_exchange.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace tusker::server {

namespace {

constexpr Duration kHeadLimit = std::chrono::seconds(60);
constexpr Duration kPieceLimit = std::chrono::seconds(120);
constexpr std::string_view kScript = "<script src=\"/.tusker/links.js\"></script>";

// What is between the node and us only, or ours to say (RFC 9110 section 7.6.1). Cookies are: a
// page's would come back with ours. Permissions for other origins are not given.
bool is_passed_on(std::string_view name) {
  constexpr std::string_view kDropped[] = {"Access-Control-Allow-Credentials",
                                           "Access-Control-Allow-Origin",
                                           "Connection",
                                           "Content-Length",
                                           "Content-Type",
                                           "Date",
                                           "Keep-Alive",
                                           "Proxy-Authenticate",
                                           "Server",
                                           "Set-Cookie",
                                           "Strict-Transport-Security",
                                           "Trailer",
                                           "Transfer-Encoding",
                                           "Upgrade"};
  return std::none_of(std::begin(kDropped), std::end(kDropped), [name](std::string_view dropped) {
    return equal_ignoring_case(name, dropped);
  });
}

bool holds_link(std::string_view name) {
  return equal_ignoring_case(name, "Location") || equal_ignoring_case(name, "Content-Location") ||
         equal_ignoring_case(name, "Refresh");
}

bool is_html(std::string_view content_type) {
  return content_type.starts_with("text/html") || content_type.starts_with("application/xhtml+xml");
}

// A part of a text, or a compressed one, cannot be read.
bool is_rewritten(const HttpReply& head) {
  const std::string_view type = head.header("Content-Type");
  return head.status != 206 && head.header("Content-Encoding").empty() &&
         (is_html(type) || type.starts_with("application/json"));
}

std::optional<std::uint64_t> length_of(const HttpReply& head) {
  const std::string_view text = head.header("Content-Length");
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return length;
}

}  // namespace

// Ends the exchange when the browser has everything, or has gone.
class PageExchange::Body final : public BodySource {
 public:
  explicit Body(std::shared_ptr<PageExchange> exchange) : exchange_(std::move(exchange)) {}
  ~Body() override { exchange_->end(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  void next(Deliver deliver) override { exchange_->next(std::move(deliver)); }

 private:
  const std::shared_ptr<PageExchange> exchange_;
};

PageExchange::PageExchange(EventLoop& loop, PageCall call, std::function<void()> ended)
    : loop_(loop),
      call_(std::move(call)),
      ended_(std::move(ended)),
      reader_({.head_only = call_.head_only,
               .max_body_bytes = std::numeric_limits<std::size_t>::max(),
               .on_body =
                   [this](std::string_view piece) {
                     raw_ += piece;
                     return ok_status();
                   },
               .streams_every_status = true}) {}

void PageExchange::start(StreamRelay& streams) {
  streams.open_here(
      call_.host,
      call_.open,
      [weak = weak_from_this()](std::unique_ptr<WebSocket> socket) {
        if (const auto self = weak.lock()) self->opened(std::move(socket));
      },
      [weak = weak_from_this()](const Error& error) {
        if (const auto self = weak.lock()) self->fail(error);
      });
}

void PageExchange::opened(std::unique_ptr<WebSocket> socket) {
  socket_ = std::move(socket);
  socket_->start({.on_message = [this](std::string_view message, bool) { receive(message); },
                  .on_close =
                      [this](const WebSocketClose&) {
                        fail(Error(ErrorCode::Unavailable, "the connection to its host broke"));
                      },
                  .on_drained = nullptr});
  link::StreamFrame frame;
  frame.set_input(std::move(call_.request));
  socket_->send_binary(frame.SerializeAsString());
  wait_for_node(kHeadLimit);
}

void PageExchange::wait_for_node(Duration limit) {
  limit_ = loop_.after(limit, [this, limit] {
    fail(Error::make(ErrorCode::DeadlineExceeded,
                     "nothing came within {} s",
                     std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
  });
}

void PageExchange::receive(std::string_view message) {
  const auto self = shared_from_this();
  link::StreamFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
  switch (frame.kind_case()) {
    case link::StreamFrame::kOutput:
      received_ += frame.output().size();
      return take(frame.output());
    case link::StreamFrame::kExitCode:
      return node_ended();
    case link::StreamFrame::kFailure:
      return fail(Error(ErrorCode::Unavailable, frame.failure()));
    default:
      return;
  }
}

void PageExchange::take(std::string_view bytes) {
  if (whole_) return;
  if (Status status = reader_.take(bytes); !status.ok()) return fail(status.error());
  if (reader_.has_head() && !answered_) answer();
  if (!answered_ || !ended_) return;  // no head yet; or the browser has gone, or wants no body
  pass(std::exchange(raw_, std::string()));
  if (reader_.done()) node_ended();
  pump();
}

// All that the node had to say is here, or it broke off.
void PageExchange::node_ended() {
  if (whole_) return;
  if (Status status = reader_.take_end(); !status.ok()) return fail(status.error());
  if (!answered_) answer();
  if (!ended_) return;
  whole_ = true;
  if (rewriter_) body_ += rewriter_->end();
  limit_.cancel();
  socket_.reset();
  pump();
}

void PageExchange::pass(std::string_view raw) {
  body_ += rewriter_ ? rewriter_->add(raw) : std::string(raw);
}

void PageExchange::answer() {
  answered_ = true;
  const HttpReply& head = reader_.head();
  if (is_rewritten(head)) {
    const bool whole_page = head.status == 200 && is_html(head.header("Content-Type"));
    rewriter_ =
        std::make_unique<PageRewriter>(call_.addresses, std::string(whole_page ? kScript : ""));
  }
  HttpResponse made = response();
  const bool bodiless = made.status == 204 || made.status == 304;
  if (!bodiless) {
    made.source = std::make_shared<Body>(shared_from_this());
    if (!rewriter_) made.source_length = length_of(head);
  }
  std::exchange(call_.responder, Responder()).send(std::move(made));
  if (bodiless) end();
}

HttpResponse PageExchange::response() const {
  const HttpReply& head = reader_.head();
  HttpResponse made(head.status, std::string(head.header("Content-Type")), "");
  for (const auto& [name, value] : head.headers) {
    if (!is_passed_on(name)) continue;
    made.headers.emplace_back(name,
                              holds_link(name) ? rewrite_links(call_.addresses, value) : value);
  }
  return made;
}

void PageExchange::next(BodySource::Deliver deliver) {
  deliver_ = std::move(deliver);
  pump();
}

// Gives the browser what there is, if it waits for it.
void PageExchange::pump() {
  const auto self = shared_from_this();
  if (body_.empty()) acknowledge();
  if (!deliver_) return limit_.cancel();  // the browser is slow, not the node
  if (body_.empty() && !whole_ && failed_.ok()) return wait_for_node(kPieceLimit);
  const BodySource::Deliver deliver = std::exchange(deliver_, nullptr);
  if (!failed_.ok()) return deliver(failed_.error());
  std::string piece = std::exchange(body_, std::string());
  acknowledge();
  deliver(std::move(piece));
}

void PageExchange::acknowledge() {
  if (!socket_ || acknowledged_ == received_) return;
  acknowledged_ = received_;
  link::StreamFrame frame;
  frame.set_acknowledged(acknowledged_);
  socket_->send_binary(frame.SerializeAsString());
}

void PageExchange::fail(const Error& error) {
  const auto self = shared_from_this();
  if (!ended_ || whole_ || !failed_.ok()) return;
  limit_.cancel();
  socket_.reset();
  if (answered_) {
    failed_ = error;
    return pump();
  }
  std::exchange(call_.responder, Responder()).send(call_.refusal(error));
  end();
}

void PageExchange::end() {
  limit_.cancel();
  socket_.reset();
  if (const auto ended = std::exchange(ended_, nullptr)) ended();
}

}  // namespace tusker::server
