#include "control/desired_state.h"

#include <algorithm>

#include "control/bootstrap.h"
#include "control/jobs.h"
#include "control/node_updates.h"
#include "control/reported.h"
#include "control/role_operations.h"

namespace tusker {
namespace {

constexpr std::uint32_t kSharesPerCpu = 1024;  // cgroup v1's weight of one core
// A NodeManager's containers start some hundred threads each, and Hadoop's daemons keep a
// descriptor per block and socket.
constexpr std::uint32_t kPids = 32768;
constexpr std::uint64_t kOpenFiles = 131072;

link::Probe probe_of(const store::Probe& stored) {
  link::Probe probe;
  if (stored.kind() == "tcp") {
    probe.mutable_tcp()->set_port(stored.port());
  } else if (stored.kind() == "http") {
    probe.mutable_http()->set_port(stored.port());
    probe.mutable_http()->set_path(stored.subject());
  } else if (stored.kind() == "jmx") {
    probe.mutable_jmx()->set_port(stored.port());
    probe.mutable_jmx()->set_bean(stored.subject());
    *probe.mutable_jmx()->mutable_attributes() = stored.attributes();
  } else if (stored.kind() == "json") {
    probe.mutable_json()->set_port(stored.port());
    probe.mutable_json()->set_path(stored.subject());
    *probe.mutable_json()->mutable_facts() = stored.pointers();
  } else if (stored.kind() == "rpc") {
    const std::size_t slash = stored.subject().rfind('/');
    link::Probe::HadoopRpc& rpc = *probe.mutable_hadoop_rpc();
    rpc.set_port(stored.port());
    rpc.set_protocol(stored.subject().substr(0, slash));
    rpc.set_method(stored.subject().substr(slash + 1));
    rpc.set_user(stored.user());
  } else if (stored.kind() == "open_files") {
    probe.mutable_open_files()->set_port(stored.port());
    probe.mutable_open_files()->set_user(stored.user());
  } else if (stored.kind() == "zookeeper") {
    probe.mutable_zookeeper()->set_port(stored.port());
    probe.mutable_zookeeper()->set_word(stored.subject());
    *probe.mutable_zookeeper()->mutable_facts() = stored.attributes();
  }
  // In order of fact: equal states have equal bytes.
  const std::map<std::string, std::string> ready(stored.ready().begin(), stored.ready().end());
  for (const auto& [fact, value] : ready) {
    link::Probe::Ready& condition = *probe.add_ready();
    condition.set_fact(fact);
    condition.set_equals(value);
  }
  for (const store::Probe::Limit& from : stored.limits()) {
    link::Probe::Limit& limit = *probe.add_limits();
    limit.set_fact(from.fact());
    limit.set_most(from.most());
    limit.set_equals(from.equals());
    limit.set_says(from.says());
  }
  probe.set_when(stored.when());
  probe.set_interval_ms(stored.interval_ms());
  probe.set_starting_interval_ms(stored.starting_interval_ms());
  return probe;
}

link::Role::Wanted wanted_of(const Model& model, const store::Node& node, const store::Role& role) {
  if (role.stopped())
    return may_stop(model, node, role) ? link::Role::STOPPED : link::Role::RUNNING;
  return may_start(model, node, role) ? link::Role::RUNNING : link::Role::HELD;
}

link::Role role_of(const Model& model, const store::Node& node, const store::Role& stored) {
  link::Role role;
  role.set_name(stored.name());
  role.set_component(stored.component());
  role.set_wanted(wanted_of(model, node, stored));
  role.set_maintenance(stored.maintenance());
  role.set_user(stored.user());
  *role.mutable_argv() = stored.argv();
  *role.mutable_environment() = stored.environment();
  role.set_directory(stored.directory());
  role.set_stop_signal(stored.stop_signal());
  role.set_stop_grace_ms(stored.stop_grace_ms());
  role.set_kill_group_at_stop(stored.kill_group_at_stop());
  role.set_oom_score_adj(stored.oom_score_adj());
  role.set_log_bytes(stored.log_bytes());
  for (const store::Probe& probe : stored.probes()) *role.add_probes() = probe_of(probe);
  role.set_restart_serial(stored.restart_serial());
  if (stored.has_reload()) {
    link::Reload& reload = *role.mutable_reload();
    reload.set_tag(reload_tag(node, stored.reload()));
    reload.mutable_hadoop_rpc()->set_port(stored.reload().port());
    reload.mutable_hadoop_rpc()->set_protocol(stored.reload().protocol());
    reload.mutable_hadoop_rpc()->set_method(stored.reload().method());
    reload.mutable_hadoop_rpc()->set_user(stored.user());
    reload.set_request(stored.reload().request());
  }
  return role;
}

Result<link::File> file_of(const store::Node& node,
                           const store::File& stored,
                           const Sealer& sealer) {
  link::File file;
  file.set_path(stored.path());
  file.set_mode(stored.mode());
  if (stored.sealed_content().empty()) {
    file.set_digest(stored.digest());
    return file;
  }
  TK_TRY(*file.mutable_content(),
         sealer
             .open(Sealed::from_bytes(stored.sealed_content()),
                   fmt::format("file:{}:{}", node.id(), stored.path()))
             .context("secret file {} of node {}", stored.path(), node.id()));
  file.set_secret(true);
  return file;
}

// A seed is the beginning of a service's metadata. A cluster that has served has other ones: if
// they are missing they are lost, and an empty beginning would make the DataNodes delete all.
void add_disks(link::Node& node, const store::Node& stored, bool seeded) {
  for (const store::Disk& from : stored.disks()) {
    link::Disk& disk = *node.add_disks();
    disk.set_name(from.name());
    disk.set_bytes(from.bytes());
    disk.set_thin(from.thin());
    for (const store::Directory& directory : from.directories()) {
      link::Directory& to = *disk.add_directories();
      to.set_path(directory.path());
      to.set_user(directory.user());
      to.set_mode(directory.mode());
      if (seeded) to.set_seed(directory.seed());
    }
  }
}

Result<link::Node> node_of(const Model& model, const store::Node& stored, const Sealer& sealer) {
  link::Node node;
  node.set_id(stored.id());
  node.set_cluster_id(stored.cluster_id());
  node.set_hostname(fmt::format("{}.{}.tusker.internal", stored.name(), stored.cluster_id()));
  node.set_address(stored.address());
  node.mutable_limits()->set_memory_bytes(stored.spec().memory_bytes());
  node.mutable_limits()->set_cpu_shares(std::max(stored.spec().cpus(), 1U) * kSharesPerCpu);
  node.mutable_limits()->set_pids(kPids);
  node.mutable_limits()->set_nofile(kOpenFiles);
  node.set_image(stored.image());
  for (const store::Mount& from : stored.mounts()) {
    link::Mount& mount = *node.add_mounts();
    mount.set_digest(from.digest());
    mount.set_path(from.path());
  }
  add_disks(node, stored, !model.cluster(stored.cluster_id())->serving());
  for (const store::File& from : stored.files()) {
    TK_TRY(*node.add_files(), file_of(stored, from, sealer));
  }
  for (const store::Role& role : stored.roles()) *node.add_roles() = role_of(model, stored, role);
  for (link::Task& task : script_tasks_of(stored)) *node.add_tasks() = std::move(task);
  for (link::Task& task : tasks_of(model, stored)) *node.add_tasks() = std::move(task);
  for (const auto& [order, peer] : model.nodes_of(stored.cluster_id())) {
    if (peer->id() != stored.id() && !peer->removing()) node.add_peers(peer->address());
  }
  *node.mutable_environment() = stored.environment();
  return node;
}

void add_artifacts(const Model& model, link::Desired& desired) {
  for (const auto& [digest, bundle] : model.bundles()) {
    link::Artifact& artifact = *desired.add_artifacts();
    artifact.set_digest(digest);
    artifact.set_size(bundle.size());
    artifact.set_kind(bundle.kind() == store::Bundle::ARCHIVE ? link::Artifact::PLAIN
                                                              : link::Artifact::SQUASHFS);
    artifact.set_name(fmt::format("{}-{}", bundle.name(), bundle.version()));
  }
}

}  // namespace

bool may_start(const Model& model, const store::Node& node, const store::Role& role) {
  if (role.starts_last() && !model.cluster(node.cluster_id())->serving()) return false;
  for (const std::string& earlier : role.after()) {
    for (const auto& [order, other] : model.nodes_of(node.cluster_id())) {
      const bool runs_it =
          std::any_of(other->roles().begin(), other->roles().end(), [&](const store::Role& one) {
            return one.name() == earlier;
          });
      if (!runs_it || other->removing()) continue;
      const link::NodeStatus* status = model.status_of(*other);
      const link::RoleStatus* reported = status == nullptr ? nullptr : role_in(*status, earlier);
      if (reported == nullptr || reported->state() != link::RoleStatus::READY) return false;
    }
  }
  return true;
}

Result<link::Desired> desired_state_of(const Model& model,
                                       const HostId& host,
                                       const Sealer& sealer) {
  link::Desired desired;
  for (const auto& [id, node] : model.nodes_on(host.text())) {
    if (node->removing()) {
      desired.add_removed(id);
    } else if (!node->prepared()) {
      TK_TRY(*desired.add_nodes(), node_of(model, *node, sealer));
    }
  }
  const store::Host* const row = model.host(host.text());
  if (row != nullptr) {
    desired.set_subnet(row->subnet());
    for (const std::string& orphan : row->orphans_removed()) desired.add_removed(orphan);
  }
  add_artifacts(model, desired);
  return desired;
}

}  // namespace tusker
