#include "plan/node_rows.h"

#include <algorithm>
#include <map>

#include "plan/java.h"
#include "plan/node_files.h"
#include "plan/node_paths.h"
#include "plan/text_template.h"

namespace tusker {
namespace {

constexpr std::uint64_t kLogBytes = 32 << 20;  // of all kept log files of a role

std::uint32_t milliseconds(Duration duration) {
  return static_cast<std::uint32_t>(duration / std::chrono::milliseconds(1));
}

std::uint32_t port_of(const RoleDefinition& role, const std::string& name) {
  const auto found = std::find_if(role.ports.begin(),
                                  role.ports.end(),
                                  [&](const PortDefinition& port) { return port.name == name; });
  return found == role.ports.end() ? 0 : found->number;
}

Result<store::Probe> make_probe(const RoleDefinition& role,
                                const ProbeDefinition& definition,
                                const store::Cluster& cluster) {
  store::Probe probe;
  probe.set_kind(definition.kind);
  probe.set_port(port_of(role, definition.port));
  probe.set_subject(definition.subject);
  probe.set_user(role.user);
  probe.set_when(definition.when);
  for (const std::string& attribute : definition.attributes) probe.add_attributes(attribute);
  probe.mutable_pointers()->insert(definition.pointers.begin(), definition.pointers.end());
  for (const auto& [fact, wanted] : definition.ready) {
    TK_TRY(std::string value,
           expand_template(wanted, [&](std::string_view name) -> std::optional<std::string> {
             const auto found = cluster.settings().find(std::string(name));
             if (found == cluster.settings().end()) return std::nullopt;
             return found->second;
           }));
    (*probe.mutable_ready())[fact] = std::move(value);
  }
  for (const ProbeDefinition::Limit& limit : definition.limits) {
    store::Probe::Limit& row = *probe.add_limits();
    row.set_fact(limit.fact);
    row.set_most(limit.most);
    row.set_equals(limit.equals);
    row.set_says(limit.says);
  }
  probe.set_interval_ms(definition.interval_ms);
  probe.set_starting_interval_ms(definition.starting_interval_ms);
  return probe;
}

bool cluster_has(const Definitions& definitions,
                 const store::Cluster& cluster,
                 const std::string& role_name) {
  const RoleDefinition* role = definitions.role(role_name);
  return role != nullptr && std::any_of(cluster.components().begin(),
                                        cluster.components().end(),
                                        [&](const store::Component& component) {
                                          return component.name() == role->component;
                                        });
}

// A number among the fields of an encoded message: its key, of wire type 0, and its value.
void add_number(std::string& message, std::uint32_t field, std::uint32_t number) {
  for (std::uint32_t varint : {field << 3, number}) {
    for (; varint >= 0x80; varint >>= 7) message.push_back(static_cast<char>(varint | 0x80));
    message.push_back(static_cast<char>(varint));
  }
}

Result<store::Role> make_role(const Definitions& definitions,
                              const store::Cluster& cluster,
                              const RoleDefinition& role,
                              std::uint32_t heap_mb) {
  store::Role row;
  row.set_name(role.name);
  row.set_component(role.component);
  row.set_user(role.user);
  const ComponentDefinition* component = definitions.component(role.component);
  const std::string bundle = component == nullptr ? "" : component->bundle;
  for (const std::string& argument : role_command(role, bundle, heap_mb)) row.add_argv(argument);
  row.mutable_environment()->insert(role.environment.begin(), role.environment.end());
  row.set_directory(std::string(kTemporaryPath));
  row.set_stop_signal(role.stop_signal);
  row.set_stop_grace_ms(milliseconds(role.stop_within));
  row.set_kill_group_at_stop(role.stop_kills_group);
  row.set_oom_score_adj(role.oom_score_adj);
  row.set_log_bytes(kLogBytes);
  for (const ProbeDefinition& probe : role.probes) {
    TK_TRY(*row.add_probes(), make_probe(role, probe, cluster));
  }
  for (const std::string& other : role.after) {
    if (cluster_has(definitions, cluster, other)) row.add_after(other);
  }
  for (const PortDefinition& port : role.ports) {
    store::Port& added = *row.add_ports();
    added.set_name(port.name);
    added.set_number(port.number);
  }
  row.set_heap_bytes(static_cast<std::uint64_t>(heap_mb) << 20);
  row.set_starts_last(role.starts_last);
  row.set_decommissioned(role.before_removal.has_value());
  row.set_holds_data(role.before_removal && role.before_removal->on_timeout == "fail");
  if (role.reload) {
    const std::size_t slash = role.reload->subject.rfind('/');
    store::Reload& reload = *row.mutable_reload();
    reload.set_port(port_of(role, role.reload->port));
    reload.set_protocol(role.reload->subject.substr(0, slash));
    reload.set_method(role.reload->subject.substr(slash + 1));
    for (const std::string& file : role.reload->files) reload.add_files(file);
    for (const auto& [field, number] : role.reload->arguments)
      add_number(*reload.mutable_request(), field, number);
  }
  return row;
}

void add_directory(std::map<std::string, store::Directory>& to,
                   const DirectoryDefinition& definition) {
  store::Directory& directory = to[definition.path];
  directory.set_path(definition.path);
  directory.set_user(definition.user);
  directory.set_mode(definition.mode);
  if (!definition.seed.empty()) directory.set_seed(std::string(kNamenodeImageFile));
}

}  // namespace

Result<std::vector<store::Role>> make_role_rows(const Definitions& definitions,
                                                const store::Cluster& cluster,
                                                const std::vector<const RoleDefinition*>& roles,
                                                const NodeMemory& memory) {
  std::vector<store::Role> rows;
  for (const RoleDefinition* role : roles) {
    const auto heap = memory.heap_mb.find(role->name);
    TK_TRY(store::Role row,
           make_role(definitions, cluster, *role, heap == memory.heap_mb.end() ? 0 : heap->second));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<store::Disk> make_disk_rows(const std::vector<const RoleDefinition*>& roles,
                                        const store::NodeSpec& spec) {
  std::vector<store::Disk> disks;
  for (int i = 0; i < spec.disk_bytes_size(); ++i) {
    // By path, so that a parent stands before what is in it.
    std::map<std::string, store::Directory> directories;
    if (i == 0) add_directory(directories, {"tmp", "root", 01777, false, ""});
    for (const RoleDefinition* role : roles) {
      for (const DirectoryDefinition& directory : role->directories) {
        if (i == 0 || directory.every_disk) add_directory(directories, directory);
      }
    }
    store::Disk& disk = disks.emplace_back();
    disk.set_name(std::to_string(i + 1));
    disk.set_bytes(spec.disk_bytes(i));
    disk.set_thin(spec.thin_disks());
    for (auto& [path, directory] : directories) *disk.add_directories() = std::move(directory);
  }
  return disks;
}

std::map<std::string, std::string> node_environment() {
  return {{"HADOOP_CONF_DIR", std::string(kConfigurationPath)},
          {"JAVA_HOME", std::string(kJavaHome)},
          {"LANG", "C.UTF-8"},
          {"MALLOC_ARENA_MAX", "2"},  // glibc's arenas, one a core, cost a JVM more than they give
          {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
}

}  // namespace tusker
