#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "engine/exchange.h"
#include "net/event_loop.h"
#include "proto/link.pb.h"

namespace tusker {

// Makes one life of one role's process read its files again: calls it for the tag that is wanted
// until a call succeeds, one call at a time, and tells when something changed.
//
// Nothing is kept: after a crash of the agent the call is made again, which does no harm. Loop's
// thread; loop, exchanger and random outlive it.
class RoleReload {
 public:
  RoleReload(EventLoop& loop,
             Exchanger& exchanger,
             Random& random,
             std::string address,
             std::function<void()> changed,
             Duration again = std::chrono::seconds(1));  // after a call that failed
  ~RoleReload();
  RoleReload(const RoleReload&) = delete;
  RoleReload& operator=(const RoleReload&) = delete;

  // The role is ready and the files that the tag names are in force: it is called unless it has
  // read them. Repeating this is free.
  void want(const link::Reload& reload);
  // One of the two does not hold now: no call begins until want().
  void hold();

  // The tag of the last call that succeeded; empty: none did in this life.
  std::string reloaded() const;
  // Why the last call failed; empty when it succeeded.
  const std::string& error() const { return error_; }

 private:
  void call_if_due();
  void called(std::uint64_t wish, const link::Reload& asked, const Result<std::string>& answer);

  EventLoop& loop_;
  Exchanger& exchanger_;
  Random& random_;
  const std::string address_;
  const std::function<void()> changed_;
  const Duration again_;

  link::Reload wanted_;
  std::uint64_t wish_ = 0;  // grows with every other tag
  bool held_ = true;
  bool outstanding_ = true;  // no call of this wish has succeeded
  bool calling_ = false;
  std::string reloaded_;
  std::string error_;
  Timer retry_;
  std::shared_ptr<RoleReload*> self_;  // answers that come after us find it empty
};

}  // namespace tusker
