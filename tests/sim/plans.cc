#include "sim/plans.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"
#include "model/network.h"

namespace tusker::sim {
namespace {

store::Role& add_role(store::Node& node, const char* name, const char* after) {
  store::Role& role = *node.add_roles();
  role.set_name(name);
  role.set_component("hadoop");
  role.set_user("hadoop");
  role.add_argv("java");
  role.add_argv(name);
  if (after != nullptr) role.add_after(after);
  return role;
}

store::FileContent content(const std::string& text) {
  store::FileContent file;
  file.set_digest("sha256:" + sha256_hex(text));
  file.set_content(text);
  return file;
}

void add_file(ClusterPlan& plan,
              store::Node& node,
              const std::string& path,
              const std::string& text) {
  store::FileContent file = content(text);
  store::File& entry = *node.add_files();
  entry.set_path(path);
  entry.set_digest(file.digest());
  const bool known =
      std::any_of(plan.files.begin(), plan.files.end(), [&](const store::FileContent& one) {
        return one.digest() == file.digest();
      });
  if (!known) plan.files.push_back(std::move(file));
}

store::Node make_node(const store::Cluster& cluster,
                      store::NodeType type,
                      std::uint32_t index,
                      Random& random) {
  store::Node node;
  node.set_id(make_node_id(random).text());
  node.set_cluster_id(cluster.id());
  node.set_type(type);
  node.set_index(index);
  node.set_name(fmt::format("{}-{}", type == store::MASTER ? "master" : "core", index));
  node.mutable_spec()->set_cpus(2);
  node.mutable_spec()->set_memory_bytes(std::uint64_t{2} << 30);
  store::Disk& disk = *node.add_disks();
  disk.set_name("1");
  disk.set_bytes(std::uint64_t{10} << 30);
  return node;
}

}  // namespace

ClusterPlan plan_of(const Inventory& inventory, int core, const Sealer& sealer, Random& random) {
  ClusterPlan plan;
  plan.cluster.set_id(make_cluster_id(random).text());
  plan.cluster.set_name("wordcount");
  plan.cluster.set_account(100000000001);
  plan.cluster.set_state(store::Cluster::CREATING);
  std::vector<std::set<std::string>> used;
  for (const HostInventory& host : inventory.hosts) used.push_back(host.used_addresses);
  for (int i = 0; i <= core; ++i) {
    const auto place = static_cast<std::size_t>(i) % inventory.hosts.size();
    const store::Host& host = inventory.hosts[place].host;
    store::Node node = make_node(plan.cluster,
                                 i == 0 ? store::MASTER : store::CORE,
                                 i == 0 ? 1 : static_cast<std::uint32_t>(i),
                                 random);
    node.set_host_id(host.id());
    for (const std::uint32_t address : node_addresses(parse_cidr(host.subnet()).value())) {
      if (!used[place].insert(address_text(address)).second) continue;
      node.set_address(address_text(address));
      break;
    }
    if (i == 0) {
      add_role(node, "NameNode", nullptr);
      add_role(node, "ResourceManager", nullptr);
      add_role(node, "JobHistoryServer", nullptr).set_starts_last(true);
    } else {
      add_role(node, "DataNode", "NameNode");
      add_role(node, "NodeManager", "ResourceManager");
    }
    add_file(plan, node, "core-site.xml", "the same in every cluster");
    add_file(plan, node, "hdfs-site.xml", "of cluster " + plan.cluster.id());
    add_file(plan, node, "hostname", "of node " + node.id());
    store::File& secret = *node.add_files();
    secret.set_path("http-secret");
    secret.set_sealed_content(
        sealer.seal("secret", fmt::format("file:{}:http-secret", node.id()), random).bytes());
    plan.nodes.push_back(std::move(node));
  }
  return plan;
}

std::vector<Condition> conditions_of(const store::Cluster&, const std::vector<store::Node>& nodes) {
  const auto core = std::count_if(nodes.begin(), nodes.end(), [](const store::Node& node) {
    return node.type() == store::CORE;
  });
  return {{"NameNode", "NumLiveDataNodes", std::to_string(core)},
          {"ResourceManager", "NumActiveNMs", std::to_string(core)}};
}

}  // namespace tusker::sim
