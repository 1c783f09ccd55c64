#include "control/hosts.h"

#include <algorithm>
#include <map>

#include "base/encoding.h"
#include "control/node_checks.h"
#include "control/node_updates.h"
#include "model/network.h"

namespace tusker {
namespace {

// Routes come from outside: those that are not IPv4 networks cannot be in the way of one.
std::vector<Cidr> networks_of(const link::HostFacts& facts) {
  std::vector<Cidr> networks;
  for (const std::string& text : facts.routes()) {
    const Result<Cidr> network = parse_cidr(text);
    if (network.ok()) networks.push_back(*network);
  }
  return networks;
}

store::Event lost_event(const Model& model,
                        const store::Node& node,
                        const store::Host& host,
                        WallTime wall) {
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("node.lost");
  event.set_severity("error");
  event.set_cluster_id(node.cluster_id());
  event.set_node_id(node.id());
  event.set_flow_id(model.cluster(node.cluster_id())->flow_id());
  event.set_actor("tusker");
  event.set_text(
      fmt::format("{} and its data are taken for gone with host {}", shown(node), host.name()));
  return event;
}

}  // namespace

Result<store::Host> new_host(const Model& model,
                             HostId id,
                             const JoinRequest& request,
                             WallTime wall) {
  if (model.host(id.text()) != nullptr) {
    return Error::make(ErrorCode::AlreadyExists, "host {} has joined already", id);
  }
  TK_TRY(const Cidr range, parse_cidr(model.installation().address_range()));
  std::vector<Cidr> taken;
  for (const auto& [other, host] : model.hosts()) {
    TK_TRY(const Cidr subnet, parse_cidr(host.subnet()).context("host {}", other));
    taken.push_back(subnet);
  }
  const std::string name =
      cut_text(request.name.empty() ? request.facts.hostname() : request.name, 64);
  TK_TRY(const Cidr subnet,
         choose_subnet(range, taken, networks_of(request.facts)).context("join host {}", name));
  store::Host host;
  host.set_id(id.text());
  host.set_name(name);
  host.set_subnet(to_text(subnet));
  host.set_certificate_serial(request.certificate_serial);
  host.set_joined_wall_ms(wall.ms);
  host.set_rack("/default");
  return with_facts(std::move(host), request.facts);
}

Error no_host(const HostId& id) {
  return Error::make(ErrorCode::NotFound, "no host {}; see tusker host list", id);
}

Result<store::Host> with_orphans_removed(const Model& model,
                                         const HostId& id,
                                         const std::vector<std::string>& node_ids) {
  const store::Host* const host = model.host(id.text());
  if (host == nullptr) return no_host(id);
  const ObservedHost* const seen = model.observed(id.text());
  if (seen == nullptr || !seen->connected || !seen->reported) {
    return Error::make(ErrorCode::Unavailable,
                       "host {} is not connected, so nobody can tell what is on it; try again when "
                       "it is back",
                       host->name());
  }
  store::Host row = *host;
  const auto has = [](const auto& ids, const std::string& one) {
    return std::find(ids.begin(), ids.end(), one) != ids.end();
  };
  for (const std::string& node : node_ids) {
    if (has(row.orphans_removed(), node)) continue;
    if (!has(seen->orphans, node) || model.node(node) != nullptr) {
      return Error::make(ErrorCode::NotFound,
                         "host {} reports no node {} that nobody knows; nothing was removed",
                         host->name(),
                         cut_text(node, 64));
    }
    row.add_orphans_removed(node);
  }
  return row;
}

Change forget(const Model& model,
              const store::Host& host,
              const ClusterRules& rules,
              WallTime wall) {
  Change change;
  std::map<std::string, std::vector<store::Node>> lost;  // by cluster
  for (const auto& [id, node] : model.nodes_on(host.id()))
    lost[node->cluster_id()].push_back(*node);
  for (const auto& [cluster_id, nodes] : lost) {
    for (const store::Node& node : nodes) change.append(lost_event(model, node, host, wall));
    store::Flow nobodys;
    nobodys.set_cluster_id(cluster_id);
    change.merge(drop_nodes({model, nobodys, {}, {}, {}, wall, rules}, nodes));
  }
  change.remove(store::HOST, host.id());
  return change;
}

store::Host with_facts(store::Host row, const link::HostFacts& facts) {
  row.set_cpus(facts.cpus());
  row.set_memory_bytes(facts.memory_bytes());
  row.set_disk_total_bytes(facts.disk_total_bytes());
  row.set_architecture(cut_text(facts.architecture(), 32));
  return row;
}

}  // namespace tusker
