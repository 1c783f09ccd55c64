#include "control/host_trouble.h"

#include <fmt/format.h>

#include "control/node_checks.h"

namespace tusker {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLittleRoom = std::uint64_t{512} << 20;
constexpr Duration kRemembered = 10min;

std::string little_room(const Model& model, const std::string& host_id, const ObservedHost& host) {
  const std::uint64_t free = host.facts.disk_free_bytes();
  if (host.facts.disk_total_bytes() == 0 || free >= kLittleRoom) return {};
  return fmt::format("host {} has {} MB of disk left: logs and files of its nodes find no room",
                     host_name(model, host_id),
                     free >> 20);
}

std::string clock_set(const Model& model,
                      const std::string& host_id,
                      const ObservedHost& host,
                      Time now) {
  const std::optional<ClockWatch::Step>& step = host.clock.last();
  if (!step || now - step->at > kRemembered) return {};
  const auto seconds = [](auto duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  };
  const std::int64_t by = seconds(step->by);
  return fmt::format("the clock of host {} was set {} by {} s, {} s ago, or it slept",
                     host_name(model, host_id),
                     by > 0 ? "forward" : "back",
                     by > 0 ? by : -by,
                     seconds(now - step->at));
}

}  // namespace

std::string host_trouble(const Model& model, const std::string& host_id, Time now) {
  const ObservedHost* const host = model.observed(host_id);
  if (host == nullptr || !host->connected) return {};
  std::string trouble = little_room(model, host_id, *host);
  return trouble.empty() ? clock_set(model, host_id, *host, now) : trouble;
}

}  // namespace tusker
