#include "agent/server_link.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "base/text.h"

namespace tusker {
namespace {

constexpr Duration kReportPause = std::chrono::milliseconds(50);
constexpr Duration kFiguresPause = std::chrono::seconds(15);
constexpr Duration kLongestPause = std::chrono::seconds(15);
constexpr Duration kShortestPause = std::chrono::milliseconds(50);

// Without what changes all the time and decides nothing.
link::Observed without_figures(link::Observed observed) {
  observed.mutable_facts()->clear_disk_free_bytes();
  observed.mutable_facts()->clear_memory_available_bytes();
  for (link::Orphan& orphan : *observed.mutable_orphan_facts()) orphan.clear_disk_bytes();
  for (link::NodeStatus& node : *observed.mutable_nodes()) {
    node.clear_memory_used_bytes();
    node.clear_disk_used_bytes();
    for (link::RoleStatus& role : *node.mutable_roles()) role.clear_memory_bytes();
  }
  return observed;
}

}  // namespace

ServerLink::ServerLink(
    EventLoop& loop, ServerPort server, Random& random, Log log, Handlers handlers)
    : loop_(loop),
      server_(std::move(server)),
      random_(random),
      log_(std::move(log)),
      handlers_(std::move(handlers)) {}

ServerLink::~ServerLink() = default;

void ServerLink::dial() {
  WebSocketOptions options;
  options.max_message_bytes = 64 << 20;
  call_ = connect_websocket(
      loop_, server_.call("/link"), options, [this](Result<WebSocketAnswer> answer) {
        dialled(std::move(answer));
      });
}

void ServerLink::dialled(Result<WebSocketAnswer> answer) {
  if (!answer.ok()) return lost(answer.error().message());
  if (!answer->socket) {
    return lost(fmt::format("the server refused with status {}: {}",
                            answer->refusal.status,
                            as_message_text(answer->refusal.body, 200)));
  }
  socket_ = std::move(answer->socket);
  socket_->start({.on_message = [this](std::string_view message, bool) { receive(message); },
                  .on_close =
                      [this](const WebSocketClose& close) {
                        lost(close.reason.empty()
                                 ? fmt::format("the connection ended (code {})", close.code)
                                 : as_message_text(close.reason, 200));
                      },
                  .on_drained = nullptr});
  link::AgentFrame frame;
  *frame.mutable_hello() = handlers_.hello();
  send(frame);
}

void ServerLink::receive(std::string_view message) {
  link::ServerFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    log_.warn("agent.frame_unreadable", {{"bytes", message.size()}});
    return;
  }
  switch (frame.kind_case()) {
    case link::ServerFrame::kWelcome:
      return receive_welcome(frame.welcome());
    case link::ServerFrame::kDesired:
      return handlers_.desired(std::move(*frame.mutable_desired()));
    case link::ServerFrame::kOpenStream:
      return handlers_.open_stream(frame.open_stream());
    default:
      return;  // of a newer server
  }
}

void ServerLink::receive_welcome(const link::Welcome& welcome) {
  greeted_ = true;
  failures_ = 0;
  told_failure_.clear();
  if (welcome.heartbeat_ms() > 0) heartbeat_ = std::chrono::milliseconds(welcome.heartbeat_ms());
  if (welcome.reconnect_spread_ms() > 0)
    spread_ = std::chrono::milliseconds(welcome.reconnect_spread_ms());
  log_.info("agent.connected",
            {{"server", server_.host},
             {"version", as_message_text(welcome.version(), 40)},
             {"epoch", welcome.epoch()}});
  told_at_ = {};
  report();
  beat();
}

// Says so once for each reason: a server that is down for a night must not fill the log.
void ServerLink::lost(const std::string& reason) {
  socket_.reset();
  report_.cancel();
  beat_.cancel();
  if (greeted_ || reason != told_failure_)
    log_.warn("agent.disconnected", {{"server", server_.host}, {"reason", reason}});
  told_failure_ = reason;
  greeted_ = false;
  const Duration longest = std::min(kLongestPause, spread_ * (1 << std::min(failures_, 4)));
  ++failures_;
  again_ = loop_.after(kShortestPause + part_of(longest), [this] { dial(); });
}

Duration ServerLink::part_of(Duration longest) {
  return Duration(
      static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

void ServerLink::changed() {
  if (!greeted_ || report_.pending()) return;
  const Duration since = loop_.now() - told_at_;
  if (since >= kReportPause) return report();
  report_ = loop_.after(kReportPause - since, [this] { report(); });
}

void ServerLink::report() {
  link::Observed observed = handlers_.observed();
  const Time now = loop_.now();
  const bool first = told_at_ == Time{};
  const bool figures_due = now - told_at_ >= kFiguresPause;
  using google::protobuf::util::MessageDifferencer;
  if (!first && !figures_due &&
      MessageDifferencer::Equals(without_figures(observed), without_figures(told_)))
    return;
  told_ = observed;
  told_at_ = now;
  link::AgentFrame frame;
  *frame.mutable_observed() = std::move(observed);
  send(frame);
}

void ServerLink::beat() {
  // A fifth more or less, so that a thousand hosts that were started together drift apart.
  const Duration pause = heartbeat_ * 4 / 5 + part_of(heartbeat_ * 2 / 5);
  beat_ = loop_.after(pause, [this] {
    link::AgentFrame frame;
    *frame.mutable_heartbeat() = handlers_.heartbeat();
    send(frame);
    beat();
  });
}

void ServerLink::send(const link::AgentFrame& frame) {
  if (socket_) socket_->send_binary(frame.SerializeAsString());
}

}  // namespace tusker
