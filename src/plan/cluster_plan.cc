#include "plan/cluster_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/encoding.h"
#include "base/ids.h"
#include "plan/bundles.h"
#include "plan/configuration.h"
#include "plan/namenode_image.h"
#include "plan/node_files.h"
#include "plan/node_rows.h"
#include "plan/placement.h"
#include "plan/request_checks.h"
#include "plan/sizing.h"

namespace tusker {
namespace {

constexpr std::uint64_t kThinDiskBytes = 1ULL << 30;  // what placement counts for a sparse disk

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
    TK_TRY(given_, given_settings(definitions_, plan_.cluster));
    start_nodes();
    TK_TRY_VOID(check_sizes());
    TK_TRY(bundles_, choose_bundles(inventory_, checked_));
    TK_TRY_VOID(place());
    add_identities();
    for (store::Node& node : plan_.nodes) TK_TRY_VOID(complete(node));
    TK_TRY_VOID(warn());
    return std::move(plan_);
  }

 private:
  void start_cluster();
  void start_nodes();
  Status check_sizes() const;
  Status place();
  void add_identities();
  Status complete(store::Node& node);
  Status add_files(store::Node& node);
  Status warn();

  const Definitions& definitions_;
  const Inventory& inventory_;
  const CreateRequest& request_;
  Random& random_;
  const WallTime now_;

  CheckedRequest checked_;
  ChosenBundles bundles_;
  GivenSettings given_;
  std::map<std::string, std::string> racks_;  // host id -> topology path
  std::set<std::string> digests_;             // of plan_.files
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
  }
  *cluster.mutable_asked() = request_.asked;
  cluster.set_custom_configuration(request_.custom_configuration);
  cluster.set_created_wall_ms(now_.ms);
}

void Planner::start_nodes() {
  std::set<std::string> ids;
  for (const auto& [type, group] : checked_.groups) {  // a map: masters first
    for (std::uint32_t index = 1; index <= group.count; ++index) {
      store::Node& node = plan_.nodes.emplace_back();
      do {
        node.set_id(make_node_id(random_).text());
      } while (!ids.insert(node.id()).second);
      node.set_cluster_id(plan_.cluster.id());
      node.set_type(type);
      node.set_index(index);
      node.set_name(fmt::format("{}-{}", node_type_word(type), index));
      *node.mutable_spec() = group.spec;
      node.set_created_wall_ms(now_.ms);
      for (const auto& [name, value] : node_environment())
        (*node.mutable_environment())[name] = value;
    }
  }
}

// Whether the processes of each node fit into it at all: a matter of the request, not of hosts.
Status Planner::check_sizes() const {
  for (const store::Node& node : plan_.nodes) {
    const auto roles = roles_of(definitions_, plan_.cluster, plan_.nodes, node);
    const auto total_mb = static_cast<std::uint32_t>(node.spec().memory_bytes() >> 20);
    const NodeMemory memory = divide_memory(total_mb, roles);
    if (memory.needed_mb <= total_mb) continue;
    std::string names;
    for (const RoleDefinition* role : roles) names += (names.empty() ? "" : ", ") + role->name;
    return Error::make(
               ErrorCode::InvalidArgument,
               "{} has {} MB of memory; {} need at least {} MB together: take a larger spec",
               node.name(),
               total_mb,
               names,
               memory.needed_mb)
        .with_api_code("InvalidParameter.InvalidResourceSpec");
  }
  return ok_status();
}

Status Planner::place() {
  std::vector<NodeDemand> demands;
  for (const store::Node& node : plan_.nodes) {
    std::uint64_t disk_bytes = 0;
    for (const std::uint64_t bytes : node.spec().disk_bytes())
      disk_bytes += node.spec().thin_disks() ? kThinDiskBytes : bytes;
    demands.push_back({node.name(), node.type(), node.spec().memory_bytes(), disk_bytes});
  }
  const auto arch = bundles_.image.facts().find("arch");
  TK_TRY(const std::vector<Placed> placed,
         place_nodes(
             inventory_.hosts, demands, arch == bundles_.image.facts().end() ? "" : arch->second));
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const store::Host& host = placed[i].host->host;
    plan_.nodes[i].set_host_id(host.id());
    plan_.nodes[i].set_address(placed[i].address);
    racks_[host.id()] = topology_path(host);
  }
  return ok_status();
}

void Planner::add_identities() {
  auto& settings = *plan_.cluster.mutable_settings();
  const auto identities = make_hdfs_identities(plan_.nodes.front().address(), random_, now_);
  settings.insert(identities.begin(), identities.end());
  std::uint64_t archive_bytes = 0;
  for (const store::Bundle& archive : bundles_.archives)
    archive_bytes = std::max(archive_bytes, archive.size());
  settings["hadoop.archive_bytes"] = std::to_string(archive_bytes);
}

Status Planner::complete(store::Node& node) {
  const auto roles = roles_of(definitions_, plan_.cluster, plan_.nodes, node);
  node.set_image(bundles_.image.digest());
  for (const store::Mount& mount : bundles_.mounts()) *node.add_mounts() = mount;
  for (store::Disk& disk : make_disk_rows(roles, node.spec())) *node.add_disks() = std::move(disk);
  const NodeMemory memory =
      divide_memory(static_cast<std::uint32_t>(node.spec().memory_bytes() >> 20), roles);
  TK_TRY(std::vector<store::Role> rows, make_role_rows(definitions_, plan_.cluster, roles, memory));
  TK_TRY_VOID(add_files(node));
  for (store::Role& row : rows) *node.add_roles() = std::move(row);
  return ok_status();
}

Status Planner::add_files(store::Node& node) {
  const RenderInput input{
      definitions_, plan_.cluster, plan_.nodes, given_, bundles_.java, racks_, {}};
  TK_TRY(std::vector<RenderedFile> files,
         render_node(input, node).context("render {}", node.name()));
  for (RenderedFile& file : files) {
    store::File& row = *node.add_files();
    row.set_path(file.path);
    row.set_mode(file.mode);
    row.set_digest("sha256:" + sha256_hex(file.content));
    if (!digests_.insert(row.digest()).second) continue;
    store::FileContent& content = plan_.files.emplace_back();
    content.set_digest(row.digest());
    content.set_content(std::move(file.content));
  }
  return ok_status();
}

// What a person should know about a plan that is right nevertheless.
Status Planner::warn() {
  std::set<std::string> core_hosts;
  for (const store::Node& node : plan_.nodes) {
    if (node.type() == store::CORE) core_hosts.insert(node.host_id());
  }
  TK_TRY(const Configuration configuration,
         configure_node(definitions_, plan_.cluster, plan_.nodes, plan_.nodes.front(), given_));
  const auto file = configuration.files.find("hdfs-site.xml");
  if (file != configuration.files.end() && file->second.contains("dfs.replication")) {
    const unsigned long replicas =
        std::strtoul(file->second.at("dfs.replication").text.c_str(), nullptr, 10);
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
