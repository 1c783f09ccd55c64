#include "agent/doctor.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "agent/cgroups.h"
#include "agent/host_facts.h"
#include "base/file.h"
#include "base/program_path.h"

namespace tusker {
namespace {

// What one cluster of the smallest profile takes, beside what the machine itself needs.
constexpr std::uint64_t kLeastMemory = 3ULL << 30;
constexpr std::uint64_t kLeastDisk = 4ULL << 30;

struct Program {
  const char* name;
  const char* package;
  const char* version_option;  // null: that it is there is enough
};

constexpr Program kPrograms[] = {{"runc", "runc", "--version"},
                                 {"mkfs.ext4", "e2fsprogs", nullptr}};

Finding check_program(const Program& program, ProcessRunner& runner) {
  Finding finding{.name = program.name,
                  .ok = false,
                  .found = "not found",
                  .remedy = fmt::format("apt-get install {}", program.package)};
  const std::string path = find_program(program.name);
  if (path.empty()) return finding;
  finding.found = path;
  finding.ok = true;
  if (program.version_option != nullptr) {
    const Result<Finished> said =
        runner.run({.argv = {path, program.version_option}, .timeout = std::chrono::seconds(5)});
    finding.ok = said.ok() && said->ok();
    finding.found =
        said.ok() ? said->output.substr(0, said->output.find('\n')) : said.error().message();
    finding.remedy = fmt::format("apt-get install --reinstall {}", program.package);
  }
  if (finding.ok) finding.remedy.clear();
  return finding;
}

// Either will do (firewall.h).
Finding check_firewall() {
  std::string path = find_program("nft");
  if (path.empty()) path = find_program("iptables");
  const bool ok = !path.empty();
  return {.name = "nft or iptables",
          .ok = ok,
          .found = ok ? path : "not found",
          .remedy = ok ? "" : "apt-get install nftables"};
}

bool is_known_file_system(std::string_view name) {
  const Result<std::string> known = read_file("/proc/filesystems", 1 << 16);
  if (!known.ok()) return false;
  std::istringstream lines(*known);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > name.size() && line.ends_with(name) &&
        line[line.size() - name.size() - 1] == '\t')
      return true;
  }
  return false;
}

// Built in, loaded, or a module that loads when it is needed. `modprobe -n` only says what it would
// do.
bool has_module(const std::string& name, ProcessRunner& runner) {
  if (path_exists("/sys/module/" + name)) return true;
  const std::string modprobe = find_program("modprobe");
  if (modprobe.empty()) return false;
  const Result<Finished> said =
      runner.run({.argv = {modprobe, "-n", "-q", name}, .timeout = std::chrono::seconds(5)});
  return said.ok() && said->ok();
}

Finding check_file_system(const std::string& name, ProcessRunner& runner) {
  const bool known = is_known_file_system(name);
  const bool ok = known || has_module(name, runner);
  return {.name = name + " file system",
          .ok = ok,
          .found = known ? "the kernel has it"
                   : ok  ? "a module of the kernel"
                         : "this kernel does not have it",
          .remedy = ok ? ""
                       : fmt::format(
                             "modprobe {}; in a container or virtual machine, load it on the host",
                             name)};
}

Finding check_loop() {
  const bool ok = ::access("/dev/loop-control", R_OK | W_OK) == 0;
  return {.name = "loop devices",
          .ok = ok,
          .found = ok ? "/dev/loop-control" : "/dev/loop-control cannot be opened",
          .remedy =
              ok ? "" : "modprobe loop; in a container, give it /dev/loop-control and /dev/loop*"};
}

Finding check_root() {
  const bool ok = ::geteuid() == 0;
  return {.name = "root",
          .ok = ok,
          .found = ok ? "yes" : fmt::format("user {}", ::geteuid()),
          .remedy = ok ? "" : "run it with sudo"};
}

std::set<std::string> cgroup_controllers() {
  std::set<std::string> found;
  std::istringstream words(read_file("/sys/fs/cgroup/cgroup.controllers", 4096).ok()
                               ? *read_file("/sys/fs/cgroup/cgroup.controllers", 4096)
                               : std::string());
  for (std::string word; words >> word;) found.insert(word);
  if (cgroup_version() == 2) return found;
  for (const char* name : {"memory", "cpu", "pids", "devices"}) {
    if (path_exists(std::string("/sys/fs/cgroup/") + name)) found.insert(name);
  }
  return found;
}

Finding check_cgroups() {
  const std::set<std::string> there = cgroup_controllers();
  std::string lacking;
  for (const char* name : {"memory", "cpu", "pids"}) {
    if (there.count(name) == 0) lacking += (lacking.empty() ? "" : ", ") + std::string(name);
  }
  return {.name = "cgroups",
          .ok = lacking.empty(),
          .found = lacking.empty()
                       ? fmt::format("version {}, with memory, cpu, pids", cgroup_version())
                       : fmt::format("version {}, without {}", cgroup_version(), lacking),
          .remedy = lacking.empty() ? ""
                                    : "mount the controllers, or start the kernel with "
                                      "cgroup_enable=memory systemd.unified_cgroup_hierarchy=1"};
}

Finding check_networking(ProcessRunner& runner) {
  std::string lacking;
  for (const char* name : {"bridge", "veth"}) {
    if (!has_module(name, runner)) lacking += (lacking.empty() ? "" : " ") + std::string(name);
  }
  // Built in and without parameters they are nowhere to be seen: only a kernel that also has no
  // modules is suspected.
  const bool modular = path_exists("/lib/modules") && !find_program("modprobe").empty();
  const bool ok = lacking.empty() || !modular;
  return {.name = "bridges and veth pairs",
          .ok = ok,
          .found = lacking.empty() ? "the kernel has them"
                   : ok            ? "cannot be told without making one"
                                   : "the kernel lacks " + lacking,
          .remedy = ok ? "" : "modprobe " + lacking};
}

std::string gigabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / (1ULL << 30));
}

Finding check_memory(const link::HostFacts& facts) {
  const bool ok = facts.memory_bytes() >= kLeastMemory;
  return {.name = "memory",
          .ok = ok,
          .found = fmt::format("{}, {} available",
                               gigabytes(facts.memory_bytes()),
                               gigabytes(facts.memory_available_bytes())),
          .remedy = ok ? "" : "a cluster of three nodes needs a machine with 4 GB"};
}

// Counts what the data folder has already: a machine that is full of its own clusters is well.
Finding check_disk(const std::string& data, const link::HostFacts& facts) {
  const bool ok = facts.disk_free_bytes() >= kLeastDisk || path_exists(data + "/agent/nodes");
  return {.name = "disk",
          .ok = ok,
          .found = fmt::format("{} free of {} for {}",
                               gigabytes(facts.disk_free_bytes()),
                               gigabytes(facts.disk_total_bytes()),
                               data),
          .remedy = ok ? "" : "make room for 4 GB, or name a folder on a larger disk: --data DIR"};
}

}  // namespace

std::vector<Finding> examine_host(const std::string& data, ProcessRunner& runner) {
  std::vector<Finding> findings = {check_root()};
  for (const Program& program : kPrograms) findings.push_back(check_program(program, runner));
  findings.push_back(check_firewall());
  for (const char* name : {"overlay", "squashfs", "ext4"})
    findings.push_back(check_file_system(name, runner));
  findings.push_back(check_loop());
  findings.push_back(check_cgroups());
  findings.push_back(check_networking(runner));
  const link::HostFacts facts = read_host_facts(data, "");
  findings.push_back(check_memory(facts));
  findings.push_back(check_disk(data, facts));
  return findings;
}

}  // namespace tusker
