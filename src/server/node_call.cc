#include "server/node_call.h"

#include <utility>

#include "base/text.h"

namespace tusker::server {
namespace {

constexpr std::chrono::minutes kSilence{5};
constexpr std::uint64_t kWindow = 1 << 20;  // link.proto, StreamFrame.acknowledged
constexpr std::size_t kComplaint = 500;     // bytes of standard error that are kept

}  // namespace

NodeCall::NodeCall(EventLoop& loop, Request request, Ended ended)
    : loop_(loop),
      request_(std::move(request)),
      ended_(std::move(ended)),
      input_ended_(!request_.next_input) {}

NodeCall::~NodeCall() = default;

void NodeCall::start(StreamRelay& streams) {
  link::OpenStream open;
  open.set_node_id(request_.node_id);
  link::Exec& exec = *open.mutable_exec();
  exec.set_user(request_.user);
  exec.set_directory("/");
  for (const std::string& argument : request_.argv) exec.add_argv(argument);
  streams.open_here(
      request_.host,
      std::move(open),
      [weak = weak_from_this()](std::unique_ptr<WebSocket> socket) {
        if (const auto self = weak.lock()) self->opened(std::move(socket));
      },
      [weak = weak_from_this()](const Error& error) {
        if (const auto self = weak.lock())
          self->end(Error(ErrorCode::Unavailable, std::string(error.message())));
      });
}

void NodeCall::opened(std::unique_ptr<WebSocket> socket) {
  socket_ = std::move(socket);
  socket_->start({.on_message = [this](std::string_view message, bool) { receive(message); },
                  .on_close =
                      [this](const WebSocketClose&) {
                        end(Error(ErrorCode::Unavailable, "the connection to its host broke"));
                      },
                  .on_drained = nullptr});
  wait();
  if (!request_.next_input) {
    link::StreamFrame frame;
    frame.set_input_end(true);
    send(frame);
  }
  feed();
}

void NodeCall::wait() {
  limit_ = loop_.after(kSilence, [this] {
    end(Error(ErrorCode::Unavailable, "the program did nothing for five minutes"));
  });
}

void NodeCall::receive(std::string_view message) {
  const auto self = shared_from_this();
  link::StreamFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
  wait();
  switch (frame.kind_case()) {
    case link::StreamFrame::kOutput:
      return take(frame.output());
    case link::StreamFrame::kErrorOutput:
      complaint_ += frame.error_output();
      if (complaint_.size() > kComplaint) complaint_.erase(0, complaint_.size() - kComplaint);
      received_ += frame.error_output().size();
      return take({});
    case link::StreamFrame::kAcknowledged:
      acknowledged_ = frame.acknowledged();
      return feed();
    case link::StreamFrame::kExitCode:
      return program_ended(frame.exit_code());
    case link::StreamFrame::kFailure:
      return end(Error(ErrorCode::Unavailable, frame.failure()));
    default:
      return;
  }
}

void NodeCall::take(std::string_view bytes) {
  received_ += bytes.size();
  if (!bytes.empty() && request_.on_output) {
    if (const Status taken = request_.on_output(bytes); !taken.ok()) return end(taken);
  }
  link::StreamFrame frame;
  frame.set_acknowledged(received_);
  send(frame);
}

void NodeCall::feed() {
  while (!input_ended_ && ended_ && sent_ - acknowledged_ < kWindow) {
    Result<std::string> piece = request_.next_input();
    if (!piece.ok()) return end(piece.error());
    link::StreamFrame frame;
    if (piece->empty()) {
      input_ended_ = true;
      frame.set_input_end(true);
    } else {
      sent_ += piece->size();
      frame.set_input(*std::move(piece));
    }
    send(frame);
  }
}

void NodeCall::program_ended(int exit_code) {
  if (exit_code == 0 && input_ended_) return end(ok_status());
  const std::size_t line = complaint_.find_last_not_of("\n ");
  complaint_.resize(line == std::string::npos ? 0 : line + 1);
  end(Error::make(ErrorCode::FailedPrecondition,
                  "{} ended with {}{}{}",
                  request_.argv.front(),
                  exit_code,
                  complaint_.empty() ? "" : ": ",
                  as_message_text(complaint_, kComplaint)));
}

void NodeCall::send(const link::StreamFrame& frame) {
  if (socket_) socket_->send_binary(frame.SerializeAsString());
}

void NodeCall::end(const Status& status) {
  const auto self = shared_from_this();
  limit_.cancel();
  socket_.reset();
  if (const Ended ended = std::exchange(ended_, nullptr)) ended(status);
}

}  // namespace tusker::server
