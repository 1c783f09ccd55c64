#include <algorithm>
#include <vector>

#include "api/arena.h"
#include "api/generated/handlers.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

std::int64_t as_number(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

answer::OrphanInfo orphan_info(const std::string& id, const ObservedHost& host, Arena& arena) {
  answer::OrphanInfo info;
  info.resource_id = id;
  info.state = "stopped";
  for (const link::Orphan& facts : host.orphan_facts) {
    if (facts.node_id() != id) continue;
    info.instance_id = facts.cluster_id();
    info.name = facts.name();
    if (facts.running()) info.state = "running";
    info.disk_bytes = as_number(facts.disk_bytes());
    info.add_time = arena.time(WallTime{facts.made_wall_ms()});
  }
  return info;
}

// Not what its host said of it while it was an orphan: the host speaks of its removal now.
answer::OrphanInfo removing_info(const std::string& id, const ObservedHost* host) {
  answer::OrphanInfo info;
  info.resource_id = id;
  info.state = "removing";
  if (host == nullptr) return info;
  const auto status = host->nodes.find(id);
  if (status != host->nodes.end()) info.note = status->second.failure().message();
  return info;
}

List<answer::OrphanInfo> orphans_of(const store::Host& host,
                                    const ObservedHost* observed,
                                    const Model& model,
                                    Arena& arena) {
  std::vector<answer::OrphanInfo> infos;
  for (const std::string& id : host.orphans_removed()) infos.push_back(removing_info(id, observed));
  const auto& going = host.orphans_removed();
  if (observed != nullptr) {
    for (const std::string& id : observed->orphans) {
      // An agent that has not been told yet calls what it should have or remove an orphan too.
      if (model.node(id) != nullptr || std::ranges::find(going, id) != going.end()) continue;
      infos.push_back(orphan_info(id, *observed, arena));
    }
  }
  return arena.each(infos, [](const answer::OrphanInfo& info) { return info; });
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
  info.orphans = orphans_of(host, observed, model, arena);
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
