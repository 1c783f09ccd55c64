#include "agent/role_reload.h"

#include "base/text.h"
#include "engine/hadoop_rpc.h"

namespace tusker {
namespace {

// Longer than a probe's: reading a list of hosts can mean to resolve all of their names.
constexpr Duration kDeadline = std::chrono::seconds(30);

HadoopCall call_of(const link::Reload& reload) {
  const link::Probe::HadoopRpc& rpc = reload.hadoop_rpc();
  return {rpc.protocol(), 1, rpc.method(), reload.request(), rpc.user()};
}

std::string failure_of(const link::Reload& reload, const Error& error) {
  const link::Probe::HadoopRpc& rpc = reload.hadoop_rpc();
  return as_message_text(
      fmt::format("{} on port {}: {}", rpc.method(), rpc.port(), error.message()), 500);
}

}  // namespace

RoleReload::RoleReload(EventLoop& loop,
                       Exchanger& exchanger,
                       Random& random,
                       std::string address,
                       std::function<void()> changed,
                       Duration again)
    : loop_(loop),
      exchanger_(exchanger),
      random_(random),
      address_(std::move(address)),
      changed_(std::move(changed)),
      again_(again),
      self_(std::make_shared<RoleReload*>(this)) {}

RoleReload::~RoleReload() {
  *self_ = nullptr;
}

void RoleReload::want(const link::Reload& reload) {
  if (reload.tag() != wanted_.tag()) {
    ++wish_;
    outstanding_ = true;
    retry_.cancel();
  }
  wanted_ = reload;
  held_ = false;
  call_if_due();
}

void RoleReload::hold() {
  held_ = true;
  retry_.cancel();
}

// A call that is under way is waited for, also when another tag is wanted meanwhile: two at once
// may be carried out in either order.
void RoleReload::call_if_due() {
  if (held_ || !outstanding_ || calling_ || retry_.pending()) return;
  calling_ = true;
  HadoopClientId client{};
  random_.fill(client);  // of this call: a retry cache must not answer it for an earlier one
  call_hadoop(
      exchanger_,
      address_,
      static_cast<std::uint16_t>(wanted_.hadoop_rpc().port()),
      call_of(wanted_),
      client,
      kDeadline,
      [&loop = loop_, self = self_, wish = wish_, asked = wanted_](Result<std::string> answer) {
        auto shared = std::make_shared<const Result<std::string>>(std::move(answer));
        loop.post([self, wish, asked, shared] {
          if (*self != nullptr) (*self)->called(wish, asked, *shared);
        });
      });
}

void RoleReload::called(std::uint64_t wish,
                        const link::Reload& asked,
                        const Result<std::string>& answer) {
  calling_ = false;
  const std::string reloaded_before = reloaded();
  const std::string error_before = error_;
  error_ = answer.ok() ? "" : failure_of(asked, answer.error());
  if (answer.ok()) reloaded_ = asked.tag();
  if (wish == wish_) outstanding_ = !answer.ok();
  if (wish == wish_ && outstanding_ && !held_)
    retry_ = loop_.after(again_, [this] { call_if_due(); });
  call_if_due();
  if (reloaded() != reloaded_before || error_ != error_before) changed_();
}

// A tag that is wanted again after another one was has not been read yet: what the calls between
// made the process read is not known.
std::string RoleReload::reloaded() const {
  return outstanding_ && reloaded_ == wanted_.tag() ? "" : reloaded_;
}

}  // namespace tusker
