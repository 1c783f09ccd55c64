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

void add_file(ClusterFiles& files,
              const std::string& node,
              const char* path,
              const std::string& text) {
  store::FileContent file = content(text);
  store::File& entry = files.of_node[node].emplace_back();
  entry.set_path(path);
  entry.set_digest(file.digest());
  const bool known =
      std::any_of(files.contents.begin(), files.contents.end(), [&](const store::FileContent& one) {
        return one.digest() == file.digest();
      });
  if (!known) files.contents.push_back(std::move(file));
}

// Files that nodes share, one of each, and who is in the cluster and who leaves it.
Result<ClusterFiles> render(const store::Cluster& cluster,
                            const std::vector<store::Node>& nodes,
                            const std::vector<store::Host>&,
                            const std::vector<store::Bundle>&) {
  std::string members;
  for (const store::Node& node : nodes)
    members += node.id() + (node.leaving() ? " leaves\n" : "\n");
  ClusterFiles files;
  for (const store::Node& node : nodes) {
    add_file(files, node.id(), "core-site.xml", "the same in every cluster");
    add_file(files, node.id(), "hdfs-site.xml", "of cluster " + cluster.id());
    add_file(files, node.id(), "hostname", "of node " + node.id());
    add_file(files, node.id(), "members", members);
  }
  return files;
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

void add_roles(store::Node& node) {
  if (node.type() == store::MASTER) {
    for (const char* const name : {"NameNode", "ResourceManager"})
      add_role(node, name, nullptr).mutable_reload()->add_files("members");
    add_role(node, "JobHistoryServer", nullptr).set_starts_last(true);
  } else {
    store::Role& data = add_role(node, "DataNode", "NameNode");
    data.set_decommissioned(true);
    data.set_holds_data(true);
    add_role(node, "NodeManager", "ResourceManager").set_decommissioned(true);
  }
}

// A bootstrap script of each moment on core nodes.
void add_scripts(store::Node& node) {
  if (node.type() != store::CORE) return;
  for (const auto moment : {store::Script::RESOURCE_AFTER, store::Script::CLUSTER_AFTER}) {
    store::Script& script = *node.add_scripts();
    script.set_name("setup.sh");
    script.set_moment(moment);
    script.set_digest(content("of scripts").digest());
  }
}

void add_secret(store::Node& node, const Sealer& sealer, Random& random) {
  store::File& secret = *node.add_files();
  secret.set_path("http-secret");
  secret.set_sealed_content(
      sealer.seal("secret", fmt::format("file:{}:http-secret", node.id()), random).bytes());
}

// On the host with this number, at its first free address.
void place(store::Node& node,
           const Inventory& inventory,
           std::size_t number,
           std::set<std::string>& used) {
  const store::Host& host = inventory.hosts[number].host;
  node.set_host_id(host.id());
  for (const std::uint32_t address : node_addresses(parse_cidr(host.subnet()).value())) {
    if (!used.insert(address_text(address)).second) continue;
    node.set_address(address_text(address));
    break;
  }
}

std::vector<Condition> complete(const store::Cluster&, const std::vector<store::Node>& nodes) {
  const auto core = std::count_if(nodes.begin(), nodes.end(), [](const store::Node& node) {
    return node.type() == store::CORE;
  });
  return {{"NameNode", "NumLiveDataNodes", std::to_string(core), Condition::Compare::OrMore},
          {"ResourceManager", "NumActiveNMs", std::to_string(core), Condition::Compare::OrMore}};
}

std::vector<Condition> drained(const store::Cluster&, const std::vector<store::Node>& nodes) {
  const auto leaving = std::count_if(nodes.begin(), nodes.end(), [](const store::Node& node) {
    return node.leaving() &&
           std::any_of(node.roles().begin(), node.roles().end(), [](const store::Role& role) {
             return role.name() == "DataNode";
           });
  });
  return {
      {"NameNode", "NumDecommissioningDataNodes", "0"},
      {"NameNode", "NumDecomLiveDataNodes", std::to_string(leaving), Condition::Compare::OrMore}};
}

std::optional<MetadataHolders> metadata(const store::Cluster&,
                                        const std::vector<store::Node>& nodes) {
  static const RoleDefinition kNameNode = [] {
    RoleDefinition role;
    role.name = "NameNode";
    role.metadata.emplace();
    return role;
  }();
  return MetadataHolders{{nodes.front().id(), nodes.front().host_id(), &kNameNode}, {}};
}

}  // namespace

ClusterPlan plan_of(const Inventory& inventory, int core, const Sealer& sealer, Random& random) {
  ClusterPlan plan;
  plan.cluster.set_id(make_cluster_id(random).text());
  plan.cluster.set_name("wordcount");
  plan.cluster.set_account(100000000001);
  plan.cluster.set_state(store::Cluster::CREATING);
  store::NodeGroup& group = *plan.cluster.add_groups();
  group.set_type(store::CORE);
  group.set_last_index(static_cast<std::uint32_t>(core));
  std::vector<std::set<std::string>> used;
  for (const HostInventory& host : inventory.hosts) used.push_back(host.used_addresses);
  for (int i = 0; i <= core; ++i) {
    const auto number = static_cast<std::size_t>(i) % inventory.hosts.size();
    store::Node node = make_node(plan.cluster,
                                 i == 0 ? store::MASTER : store::CORE,
                                 i == 0 ? 1 : static_cast<std::uint32_t>(i),
                                 random);
    place(node, inventory, number, used[number]);
    add_roles(node);
    add_scripts(node);
    plan.nodes.push_back(std::move(node));
  }
  ClusterFiles files = render(plan.cluster, plan.nodes, {}, {}).value();
  for (store::Node& node : plan.nodes) {
    for (store::File& file : files.of_node[node.id()]) *node.add_files() = std::move(file);
    add_secret(node, sealer, random);
  }
  plan.files = std::move(files.contents);
  return plan;
}

GrowthPlan growth_of(const Inventory& inventory,
                     const store::Cluster& cluster,
                     const std::vector<store::Node>& nodes,
                     const Sealer& sealer,
                     Random& random) {
  GrowthPlan plan;
  plan.cluster = cluster;
  store::NodeGroup& group = *plan.cluster.mutable_groups(0);
  group.set_last_index(group.last_index() + 1);
  store::Node node = make_node(cluster, store::CORE, group.last_index(), random);
  const std::size_t number = group.last_index() % inventory.hosts.size();
  std::set<std::string> used = inventory.hosts[number].used_addresses;
  place(node, inventory, number, used);
  add_roles(node);
  add_scripts(node);
  add_secret(node, sealer, random);
  node.set_prepared(true);
  std::vector<store::Node> all = nodes;
  all.push_back(node);
  plan.nodes.push_back(std::move(node));
  plan.files = render(plan.cluster, all, {}, {}).value();
  return plan;
}

ClusterRules sim_rules() {
  return {complete,
          drained,
          [](const store::Cluster&, const std::vector<store::Node>&) {
            return std::vector<Condition>();
          },
          metadata,
          [](const store::Cluster&, const std::vector<store::Node>&) -> Result<std::uint32_t> {
            return 1U;
          },
          render};
}

}  // namespace tusker::sim
