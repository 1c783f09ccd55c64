#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/exchange.h"
#include "engine/facts.h"
#include "net/event_loop.h"
#include "proto/link.pb.h"

namespace tusker {

// The probes of one life of one role's process: asks, keeps the last answers, tells when something
// changed.
//
// A role is ready when every TCP, HTTP and RPC probe succeeds, every condition of the others holds,
// and every number that has a limit has been within it once (before what it counts has begun, it
// may be anything). Once ready, it takes three unanswered questions in a row to be not ready again
// (a pause for garbage collection is not a failure), but one answer that says so. Loop's thread;
// loop and exchanger outlive it.
class RoleProbes {
 public:
  RoleProbes(EventLoop& loop,
             Exchanger& exchanger,
             std::string address,
             std::vector<link::Probe> probes,
             std::function<void()> changed);
  ~RoleProbes();
  RoleProbes(const RoleProbes&) = delete;
  RoleProbes& operator=(const RoleProbes&) = delete;

  bool ready() const;
  // Which condition does not hold, with what was found. Of a ready role: which limit it is beyond;
  // empty when it is well.
  std::string not_ready() const;
  Facts facts() const;

 private:
  struct Asked;
  bool is_due(const link::Probe& probe) const;
  void ask(std::size_t index);
  void ask_later(std::size_t index);
  void answered(std::size_t index, Result<Facts> answer);

  EventLoop& loop_;
  Exchanger& exchanger_;
  const std::string address_;
  const std::function<void()> changed_;
  std::vector<std::unique_ptr<Asked>> asked_;
  std::shared_ptr<RoleProbes*> self_;  // answers that come after us find it empty
};

// What a probe says about an answer: empty if its conditions hold, else which does not. Pure.
std::string unmet_condition(const link::Probe& probe, const Facts& facts);
// Likewise of its limits: empty if none is passed.
std::string passed_limit(const link::Probe& probe, const Facts& facts);

}  // namespace tusker
