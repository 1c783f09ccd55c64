#include "agent/connect_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace tusker {
namespace {

// A node is on this host: what does not answer at once is not there.
constexpr Duration kConnectLimit = std::chrono::seconds(5);
constexpr std::uint64_t kWindow = 1 << 20;
// Of bytes that the node has not taken. A server that keeps to its window never comes near it.
constexpr std::uint64_t kMaxInput = 4 << 20;

}  // namespace

ConnectStream::ConnectStream(Surroundings around,
                             std::string id,
                             std::string address,
                             std::uint16_t port)
    : DialledStream(std::move(around), std::move(id)), address_(std::move(address)), port_(port) {}

void ConnectStream::begin() {
  node_ = std::make_unique<TcpClient>(
      around().loop,
      address_,
      port_,
      kConnectLimit,
      TcpHandlers{.on_bytes = [this](std::string_view bytes) { pass_on(bytes); },
                  .on_sent = [this](std::size_t bytes) { node_took(bytes); },
                  .on_end = [this](const Status& status) { ended(status); }});
}

void ConnectStream::pass_on(std::string_view bytes) {
  sent_ += bytes.size();
  send_output(std::string(bytes), false);
  if (sent_ - acknowledged_ >= kWindow) node_->pause();
}

void ConnectStream::node_took(std::size_t bytes) {
  taken_ += bytes;
  link::StreamFrame frame;
  frame.set_acknowledged(taken_);
  send(frame);
}

void ConnectStream::ended(const Status& status) {
  if (status.ok()) return finish_with(0);
  give_up(as_message_text(status.error().message(), 500));
}

void ConnectStream::receive(std::string_view message) {
  link::StreamFrame frame;
  if (!node_ || !frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
  switch (frame.kind_case()) {
    case link::StreamFrame::kInput:
      received_ += frame.input().size();
      if (received_ - taken_ > kMaxInput) {
        node_.reset();
        return give_up("more than 4 MiB were sent that the node has not taken");
      }
      return node_->send(std::move(*frame.mutable_input()));
    case link::StreamFrame::kInputEnd:
      return node_->end_sending();
    case link::StreamFrame::kAcknowledged:
      acknowledged_ = std::clamp(frame.acknowledged(), acknowledged_, sent_);
      if (sent_ - acknowledged_ < kWindow) node_->resume();
      return;
    default:
      return;
  }
}

void ConnectStream::hang_up() {
  node_.reset();
  finish({});
}

}  // namespace tusker
