#include "plan/cluster_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ids.h"
#include "plan/bundles.h"
#include "plan/cluster_files.h"
#include "plan/namenode_image.h"
#include "plan/new_nodes.h"
#include "plan/replicas.h"
#include "plan/request_checks.h"

namespace tusker {
namespace {

// Makes one plan, step by step. Lives for one call of plan_cluster().
class Planner {
 public:
  Planner(const Definitions& definitions,
          const Inventory& inventory,
          const CreateRequest& request,
          Random& random,
          WallTime now)
      : definitions_(definitions),
        inventory_(inventory),
        request_(request),
        random_(random),
        now_(now) {}

  Result<ClusterPlan> run() {
    TK_TRY(checked_, check_request(definitions_, request_));
    start_cluster();
    for (const auto& [type, group] : checked_.groups) {  // a map: masters first
      for (store::Node& node :
           start_nodes(plan_.cluster.id(), type, 1, group.count, group.spec, random_, now_))
        plan_.nodes.push_back(std::move(node));
    }
    TK_TRY_VOID(check_sizes(definitions_, plan_.cluster, plan_.nodes, plan_.nodes));
    TK_TRY(bundles_, choose_bundles(inventory_, checked_));
    TK_TRY_VOID(place(inventory_, bundles_.image, plan_.nodes));
    add_identities();
    for (store::Node& node : plan_.nodes) TK_TRY_VOID(complete(node));
    TK_TRY_VOID(add_files());
    TK_TRY_VOID(warn());
    return std::move(plan_);
  }

 private:
  void start_cluster();
  void add_identities();
  Status complete(store::Node& node);
  Status add_files();
  Status warn();

  const Definitions& definitions_;
  const Inventory& inventory_;
  const CreateRequest& request_;
  Random& random_;
  const WallTime now_;

  CheckedRequest checked_;
  ChosenBundles bundles_;
  ClusterPlan plan_;
};

void Planner::start_cluster() {
  store::Cluster& cluster = plan_.cluster;
  cluster.set_id(make_cluster_id(random_).text());
  cluster.set_name(request_.name);
  cluster.set_state(store::Cluster::CREATING);
  cluster.set_release(checked_.release->name);
  cluster.set_product_id(checked_.release->product_id);
  for (const std::string& software : checked_.software) cluster.add_software(software);
  for (const ComponentDefinition* component : checked_.components) {
    store::Component& added = *cluster.add_components();
    added.set_name(component->name);
    added.set_version(component->version);
  }
  cluster.set_account(request_.account);
  cluster.set_project_id(request_.project_id);
  cluster.set_region(request_.region);
  cluster.set_zone(request_.zone);
  cluster.set_pay_mode(request_.pay_mode);
  cluster.mutable_tags()->Add(request_.tags.begin(), request_.tags.end());
  for (const auto& [type, group] : checked_.groups) {  // a map: masters first
    store::NodeGroup& added = *cluster.add_groups();
    added.set_type(type);
    *added.mutable_spec() = group.spec;
    *added.mutable_asked() = group.asked;
    added.set_last_index(group.count);
  }
  *cluster.mutable_asked() = request_.asked;
  cluster.set_custom_configuration(request_.custom_configuration);
  for (store::Script& script : script_rows(request_.scripts))
    *cluster.add_scripts() = std::move(script);
  cluster.set_created_wall_ms(now_.ms);
}

void Planner::add_identities() {
  auto& settings = *plan_.cluster.mutable_settings();
  const auto identities = make_hdfs_identities(plan_.nodes.front().address(), random_, now_);
  settings.insert(identities.begin(), identities.end());
  for (const store::Bundle& bundle : bundles_.components)
    settings[bundle.name() + ".archive_bytes"] = "0";
  for (const store::Bundle& archive : bundles_.archives)
    settings[archive.name() + ".archive_bytes"] = std::to_string(archive.size());
}

Status Planner::complete(store::Node& node) {
  node.set_image(bundles_.image.digest());
  *node.mutable_scripts() = plan_.cluster.scripts();
  for (const store::Mount& mount : bundles_.mounts()) *node.add_mounts() = mount;
  return add_roles(definitions_, plan_.cluster, plan_.nodes, node);
}

Status Planner::add_files() {
  std::vector<store::Host> hosts;
  for (const HostInventory& host : inventory_.hosts) hosts.push_back(host.host);
  TK_TRY(ClusterFiles files,
         render_cluster(definitions_, plan_.cluster, plan_.nodes, hosts, inventory_.bundles));
  for (store::Node& node : plan_.nodes) {
    for (store::File& file : files.of_node[node.id()]) *node.add_files() = std::move(file);
  }
  plan_.files = std::move(files.contents);
  for (store::FileContent& content : script_contents(request_.scripts))
    plan_.files.push_back(std::move(content));
  return ok_status();
}

// What a person should know about a plan that is right nevertheless.
Status Planner::warn() {
  std::set<std::string> core_hosts;
  for (const store::Node& node : plan_.nodes) {
    if (node.type() == store::CORE) core_hosts.insert(node.host_id());
  }
  TK_TRY(const std::uint32_t replicas, replicas_of(definitions_, plan_.cluster, plan_.nodes));
  if (replicas == 1) {
    plan_.warnings.emplace_back(
        "1 copy: HDFS keeps one replica of each block, and what is on a lost disk is lost; two "
        "core nodes keep two");
  } else if (replicas > core_hosts.size()) {
    plan_.warnings.push_back(
        fmt::format("replicas {}, failure domains {}: core nodes share hosts, and a lost host "
                    "takes all replicas of some blocks",
                    replicas,
                    core_hosts.size()));
  }
  if (bundles_.archives.size() < bundles_.components.size()) {
    plan_.warnings.emplace_back(
        "there is no class-data-sharing archive for this node image and bundle: JVMs start about "
        "four times slower; "
        "`tusker bundle build` makes one");
  }
  if (request_.thin_disks)
    plan_.warnings.emplace_back(
        "thin disks: acknowledged data may be lost when a host's disk fills");
  return ok_status();
}

}  // namespace

Result<ClusterPlan> plan_cluster(const Definitions& definitions,
                                 const Inventory& inventory,
                                 const CreateRequest& request,
                                 Random& random,
                                 WallTime now) {
  return Planner(definitions, inventory, request, random, now).run();
}

}  // namespace tusker
