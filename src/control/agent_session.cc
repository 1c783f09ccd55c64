#include "control/agent_session.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "control/canonical_bytes.h"
#include "control/desired_state.h"
#include "control/hosts.h"
#include "control/housekeeping.h"

namespace tusker {
namespace {

bool older(const link::Generation& a, const link::Generation& b) {
  return std::pair(a.epoch(), a.commit()) < std::pair(b.epoch(), b.commit());
}

}  // namespace

AgentSession::AgentSession(Surroundings surroundings,
                           HostId host,
                           std::unique_ptr<AgentLink> link,
                           link::Generation& last_generation)
    : around_(surroundings),
      host_(std::move(host)),
      link_(std::move(link)),
      last_frame_(around_.clock.now()),
      last_generation_(last_generation) {}

AgentSession::~AgentSession() = default;

Touched AgentSession::receive(const link::AgentFrame& frame) {
  if (closing_) return {};
  last_frame_ = around_.clock.now();
  if (!greeted_ && !frame.has_hello()) {
    close("expected a hello as the first frame");
    return {};
  }
  switch (frame.kind_case()) {
    case link::AgentFrame::kHello:
      receive_hello(frame.hello());
      return {};
    case link::AgentFrame::kObserved:
      return receive_observed(frame.observed());
    case link::AgentFrame::kHeartbeat:
      around_.model.observe_heartbeat(host_, frame.heartbeat(), last_frame_);
      return {};
    case link::AgentFrame::kStreamEnd:
      return {};  // the network's own business: it holds the stream's other end
    default:
      return {};  // a newer agent's frame
  }
}

void AgentSession::receive_hello(const link::Hello& hello) {
  if (hello.protocol() != kLinkProtocol) {
    close(fmt::format(
        "expected protocol {}, the agent speaks {}; install the same version on both sides",
        kLinkProtocol,
        hello.protocol()));
    return;
  }
  if (hello.host_id() != host_.text()) {
    close(fmt::format("the certificate names host {}, the hello another", host_));
    return;
  }
  if (greeted_) return;  // said twice, and nothing new in it
  greeted_ = true;
  around_.model.observe_connected(host_, hello, last_frame_);
  const store::Host* row = around_.model.host(host_.text());
  store::Host now = with_facts(*row, hello.facts());
  if (canonical_bytes(now) != canonical_bytes(*row)) {
    Change change;
    change.put(std::move(now));
    around_.journal.commit(std::move(change));
  }
  around_.log.info("agent.greeted", {{"host", host_}, {"version", cut_text(hello.version(), 40)}});
  link::ServerFrame frame;
  frame.mutable_welcome()->set_protocol(kLinkProtocol);
  frame.mutable_welcome()->set_version(around_.version);
  frame.mutable_welcome()->set_epoch(around_.model.installation().epoch());
  frame.mutable_welcome()->set_heartbeat_ms(std::chrono::milliseconds(kHeartbeatInterval).count());
  frame.mutable_welcome()->set_reconnect_spread_ms(
      std::chrono::milliseconds(kReconnectSpread).count());
  send_when_durable(std::move(frame));
}

Touched AgentSession::receive_observed(const link::Observed& observed) {
  reported_ = true;
  outgrow(observed.seen());
  if (unanswered_ && !older(observed.seen(), last_generation_)) unanswered_ = false;
  Touched touched = around_.model.observe_state(host_, observed, last_frame_);
  Change dropped = drop_confirmed(around_.model, host_, observed, around_.clock.wall());
  if (!dropped.empty()) around_.journal.commit(std::move(dropped));
  return touched;
}

void AgentSession::outgrow(const link::Generation& seen) {
  const store::Installation& installation = around_.model.installation();
  if (seen.epoch() > installation.epoch()) {
    around_.log.warn("agent.epoch.ahead",
                     {{"host", host_}, {"seen", seen.epoch()}, {"ours", installation.epoch()}});
    store::Installation row = installation;
    row.set_epoch(seen.epoch() + 1);
    Change change;
    change.put(std::move(row));
    around_.journal.commit(std::move(change));
  }
  if (!older(last_generation_, seen)) return;
  last_generation_ = seen;
  stale_ = true;
  last_sent_.clear();
}

link::Generation AgentSession::next_generation() {
  link::Generation next;
  next.set_epoch(around_.model.installation().epoch());
  next.set_commit(static_cast<std::uint64_t>(around_.journal.current()));
  // What is desired also follows from what agents report, without a commit: a generation is never
  // used twice all the same.
  if (!older(last_generation_, next)) next.set_commit(last_generation_.commit() + 1);
  return next;
}

void AgentSession::converge() {
  if (closing_ || !reported_ || unanswered_ || !stale_) return;
  stale_ = false;
  Result<link::Desired> desired = desired_state_of(around_.model, host_, around_.sealer);
  if (!desired.ok()) {
    around_.log.error("agent.desired.failed",
                      {{"host", host_}, {"error", desired.error().message()}});
    return;
  }
  std::string bytes = canonical_bytes(*desired);
  if (bytes == last_sent_) return;
  last_sent_ = std::move(bytes);
  last_generation_ = next_generation();
  unanswered_ = true;
  sent_at_ = around_.clock.now();
  link::ServerFrame frame;
  *frame.mutable_desired() = *std::move(desired);
  *frame.mutable_desired()->mutable_generation() = last_generation_;
  send_when_durable(std::move(frame));
}

void AgentSession::open_stream(const link::OpenStream& request) {
  link::ServerFrame frame;
  *frame.mutable_open_stream() = request;
  send_when_durable(std::move(frame));
}

void AgentSession::send_when_durable(link::ServerFrame frame) {
  around_.journal.when_durable(around_.journal.current(),
                               [link = std::weak_ptr(link_), frame = std::move(frame)] {
                                 if (const std::shared_ptr<AgentLink> open = link.lock())
                                   open->send(frame);
                               });
}

Time AgentSession::watch() {
  const Time now = around_.clock.now();
  if (closing_) return now + kLinkSilenceLimit;
  if (now - last_frame_ >= kLinkSilenceLimit) {
    close(fmt::format("nothing was heard for {} s", kLinkSilenceLimit.count()));
    return now + kLinkSilenceLimit;
  }
  if (greeted_ && !reported_ && now - last_frame_ >= kDesiredAnswerLimit)
    reported_ = true;  // its report was lost
  if (unanswered_ && now - sent_at_ >= kDesiredAnswerLimit) {
    unanswered_ = false;
    stale_ = true;
    last_sent_.clear();
  }
  converge();
  return std::min(last_frame_ + kLinkSilenceLimit, now + kDesiredAnswerLimit);
}

void AgentSession::close(std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  around_.log.warn("agent.closing", {{"host", host_}, {"reason", reason}});
  link_->close(reason);
}

}  // namespace tusker
