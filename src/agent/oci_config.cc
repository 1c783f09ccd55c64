#include "agent/oci_config.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "agent/seccomp_profile.h"

namespace tusker {
namespace {

namespace json = boost::json;

// What PID 1 needs to become other users, to give files away, and to stop roles. s6-applyuidgid
// needs SETUID and SETGID, so they cannot be dropped; with no_new_privileges nobody gets them back.
constexpr const char* kCapabilities[] = {"CAP_CHOWN",
                                         "CAP_DAC_OVERRIDE",
                                         "CAP_FOWNER",
                                         "CAP_FSETID",
                                         "CAP_KILL",
                                         "CAP_SETGID",
                                         "CAP_SETUID",
                                         "CAP_NET_BIND_SERVICE"};

json::array words(std::initializer_list<const char*> list) {
  json::array out;
  for (const char* word : list) out.emplace_back(word);
  return out;
}

json::object capabilities(bool privileged) {
  json::array some;
  if (privileged) {
    for (const char* name : kCapabilities) some.emplace_back(name);
  }
  json::object out;
  // Neither inheritable nor ambient: a program that stops being root has none.
  for (const char* set : {"bounding", "effective", "permitted"}) out[set] = some;
  return out;
}

json::array environment_words(const std::map<std::string, std::string>& environment) {
  json::array out;
  for (const auto& [name, value] : environment) out.emplace_back(name + "=" + value);
  return out;
}

json::array rlimits(std::uint64_t nofile) {
  json::object limit;
  limit["type"] = "RLIMIT_NOFILE";
  limit["hard"] = nofile;
  limit["soft"] = nofile;
  json::array out;
  if (nofile > 0) out.push_back(std::move(limit));
  return out;
}

json::object init_process(const ContainerSpec& spec) {
  json::object user;
  user["uid"] = 0;
  user["gid"] = 0;
  json::array argv;
  for (const std::string& word : spec.argv) argv.emplace_back(word);
  json::object out;
  out["terminal"] = false;
  out["user"] = std::move(user);
  out["args"] = std::move(argv);
  out["env"] = environment_words(spec.environment);
  out["cwd"] = "/";
  out["capabilities"] = capabilities(true);
  out["rlimits"] = rlimits(spec.nofile);
  out["noNewPrivileges"] = true;
  if (spec.oom_score_adj != 0) out["oomScoreAdj"] = spec.oom_score_adj;
  return out;
}

json::object kernel_mount(const char* destination,
                          const char* type,
                          std::initializer_list<const char*> options) {
  json::object out;
  out["destination"] = destination;
  out["type"] = type;
  out["source"] = type;
  out["options"] = words(options);
  return out;
}

json::array mounts(const ContainerSpec& spec) {
  json::array out;
  out.push_back(kernel_mount("/proc", "proc", {"nosuid", "noexec", "nodev"}));
  out.push_back(
      kernel_mount("/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}));
  out.push_back(
      kernel_mount("/dev/pts",
                   "devpts",
                   {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}));
  out.push_back(
      kernel_mount("/dev/shm", "tmpfs", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}));
  out.push_back(kernel_mount("/dev/mqueue", "mqueue", {"nosuid", "noexec", "nodev"}));
  out.push_back(kernel_mount("/sys", "sysfs", {"nosuid", "noexec", "nodev", "ro"}));
  out.push_back(kernel_mount("/run", "tmpfs", {"nosuid", "nodev", "mode=755", "size=65536k"}));
  for (const BindMount& mount : spec.mounts) {
    json::object bind;
    bind["destination"] = mount.destination;
    bind["type"] = "bind";
    bind["source"] = mount.source;
    bind["options"] = mount.read_only ? words({"rbind", "ro", "nosuid", "nodev"})
                                      : words({"rbind", "rw", "nosuid", "nodev"});
    out.push_back(std::move(bind));
  }
  return out;
}

json::object resources(const ContainerSpec& spec) {
  json::object device;
  device["allow"] = false;
  device["access"] = "rwm";
  json::object out;
  out["devices"] = json::array{std::move(device)};
  if (spec.memory_bytes > 0) {
    json::object memory;
    memory["limit"] = spec.memory_bytes;
    // The sum of memory and swap: a node that swaps is slow without a word.
    if (spec.limit_swap) memory["swap"] = spec.memory_bytes;
    out["memory"] = std::move(memory);
  }
  if (spec.cpu_shares > 0) {
    json::object cpu;
    cpu["shares"] = spec.cpu_shares;
    out["cpu"] = std::move(cpu);
  }
  if (spec.pids > 0) {
    json::object pids;
    pids["limit"] = spec.pids;
    out["pids"] = std::move(pids);
  }
  return out;
}

json::object space(const char* type, const std::string& path = "") {
  json::object out;
  out["type"] = type;
  if (!path.empty()) out["path"] = path;
  return out;
}

json::object linux_part(const ContainerSpec& spec) {
  json::object out;
  out["cgroupsPath"] = spec.cgroup;
  out["resources"] = resources(spec);
  out["namespaces"] = json::array{space("pid"),
                                  space("ipc"),
                                  space("uts"),
                                  space("mount"),
                                  space("network", spec.network_namespace)};
  out["seccomp"] = seccomp_profile();
  out["maskedPaths"] = words({"/proc/acpi",
                              "/proc/asound",
                              "/proc/kcore",
                              "/proc/keys",
                              "/proc/latency_stats",
                              "/proc/timer_list",
                              "/proc/timer_stats",
                              "/proc/sched_debug",
                              "/proc/scsi",
                              "/sys/firmware",
                              "/sys/devices/virtual/powercap"});
  out["readonlyPaths"] =
      words({"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"});
  return out;
}

}  // namespace

std::map<std::string, std::string> base_environment() {
  return {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
          {"LANG", "C.UTF-8"}};
}

std::string container_config(const ContainerSpec& spec) {
  json::object root;
  root["path"] = spec.root;
  root["readonly"] = false;
  json::object out;
  out["ociVersion"] = "1.0.2";
  out["hostname"] = spec.hostname;
  out["root"] = std::move(root);
  out["process"] = init_process(spec);
  out["mounts"] = mounts(spec);
  out["linux"] = linux_part(spec);
  return json::serialize(out);
}

std::string process_config(const ProcessSpec& spec) {
  json::array groups;
  for (const gid_t group : spec.user.groups) groups.emplace_back(group);
  json::object user;
  user["uid"] = spec.user.uid;
  user["gid"] = spec.user.gid;
  user["additionalGids"] = std::move(groups);
  json::array argv;
  // runc exec pays no attention to oomScoreAdj.
  if (spec.oom_score_adj != 0) {
    argv = {"/bin/sh",
            "-c",
            fmt::format("echo {} 2>/dev/null >/proc/self/oom_score_adj; exec \"$@\"",
                        spec.oom_score_adj),
            "sh"};
  }
  for (const std::string& word : spec.argv) argv.emplace_back(word);
  json::object out;
  out["terminal"] = spec.terminal;
  out["user"] = std::move(user);
  out["args"] = std::move(argv);
  out["env"] = environment_words(spec.environment);
  out["cwd"] = spec.directory;
  out["capabilities"] = capabilities(spec.user.uid == 0);
  out["rlimits"] = rlimits(spec.nofile);
  out["noNewPrivileges"] = true;
  return json::serialize(out);
}

}  // namespace tusker
