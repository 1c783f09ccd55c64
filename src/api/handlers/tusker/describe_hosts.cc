#include "api/arena.h"
#include "api/generated/handlers.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

answer::HostInfo host_info(const store::Host& host, const Model& model, Arena& arena) {
  const ObservedHost* const observed = model.observed(host.id());
  const Reservation reserved = model.reserved_on(host.id());
  answer::HostInfo info;
  info.host_id = host.id();
  info.host_name = host.name();
  info.connected = observed != nullptr && observed->connected;
  info.cordoned = host.cordoned();
  info.rack = host.rack();
  info.architecture = host.architecture();
  info.subnet = host.subnet();
  info.cpus = host.cpus();
  info.memory_bytes = as_number(host.memory_bytes());
  if (observed != nullptr) {
    info.version = observed->version;
    info.memory_available_bytes = as_number(observed->facts.memory_available_bytes());
  }
  info.memory_reserved_bytes = as_number(reserved.memory_bytes);
  info.disk_bytes = as_number(host.disk_total_bytes());
  info.disk_free_bytes = observed == nullptr ? 0 : as_number(observed->facts.disk_free_bytes());
  info.disk_reserved_bytes = as_number(reserved.disk_bytes);
  info.nodes = static_cast<std::int64_t>(model.nodes_on(host.id()).size());
  info.join_time = arena.time(WallTime{host.joined_wall_ms()});
  return info;
}

}  // namespace

Result<Answer> describe_hosts(const DescribeHostsRequest&, Call& call) {
  answer::DescribeHostsResponse response;
  Arena arena;
  response.hosts = arena.each(call.services.model.hosts(), [&](const auto& entry) {
    return host_info(entry.second, call.services.model, arena);
  });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
