#include "agent/host_facts.h"

#include <sched.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "agent/cgroups.h"
#include "agent/netlink.h"
#include "base/file.h"

namespace tusker {
namespace {

std::uint64_t kilobytes_of(std::string_view meminfo, std::string_view name) {
  const std::size_t at = meminfo.find(name);
  if (at == std::string_view::npos) return 0;
  const std::size_t digit = meminfo.find_first_of("0123456789", at);
  std::uint64_t value = 0;
  if (digit != std::string_view::npos)
    std::from_chars(meminfo.data() + digit, meminfo.data() + meminfo.size(), value);
  return value * 1024;
}

std::uint32_t usable_cpus() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<std::uint32_t>(CPU_COUNT(&set));
  return static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
}

// The nearest folder above that exists: facts are asked for before ours is made.
std::string existing(std::filesystem::path folder) {
  while (!path_exists(folder.string()) && folder.has_parent_path() &&
         folder != folder.parent_path()) {
    folder = folder.parent_path();
  }
  return folder.string();
}

}  // namespace

std::vector<std::string> routes_of(std::string_view table) {
  std::vector<std::string> routes;
  std::istringstream lines{std::string(table)};
  std::string line;
  std::getline(lines, line);  // headings
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string interface;
    std::string skipped;
    std::uint32_t destination = 0;
    std::uint32_t mask = 0;
    words >> interface >> std::hex >> destination >> skipped >> skipped >> skipped >> skipped >>
        skipped >> mask;
    // Little endian on every machine that we support: the bytes are in network order.
    if (!words || mask == 0 || interface.starts_with("tk")) continue;
    const Ipv4 network{__builtin_bswap32(destination)};
    std::string route = fmt::format("{}/{}", network.text(), std::popcount(mask));
    if (std::find(routes.begin(), routes.end(), route) == routes.end())
      routes.push_back(std::move(route));
  }
  return routes;
}

link::HostFacts read_host_facts(const std::string& folder, const std::string& host_name) {
  link::HostFacts facts;
  utsname name{};
  ::uname(&name);
  facts.set_hostname(host_name.empty() ? name.nodename : host_name);
  facts.set_kernel(name.release);
  facts.set_architecture(name.machine);
  facts.set_cpus(usable_cpus());
  facts.set_cgroup_version(static_cast<std::uint32_t>(cgroup_version()));
  if (const Result<std::string> meminfo = read_file("/proc/meminfo"); meminfo.ok()) {
    facts.set_memory_bytes(kilobytes_of(*meminfo, "MemTotal:"));
    facts.set_memory_available_bytes(kilobytes_of(*meminfo, "MemAvailable:"));
  }
  struct statvfs disk {};
  if (::statvfs(existing(folder).c_str(), &disk) == 0) {
    facts.set_disk_total_bytes(static_cast<std::uint64_t>(disk.f_blocks) * disk.f_frsize);
    facts.set_disk_free_bytes(static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize);
  }
  if (const Result<std::string> table = read_file("/proc/net/route"); table.ok()) {
    for (std::string& route : routes_of(*table)) facts.add_routes(std::move(route));
  }
  return facts;
}

std::string boot_id() {
  const Result<std::string> text = read_file("/proc/sys/kernel/random/boot_id", 64);
  return text.ok() ? text->substr(0, text->find('\n')) : "";
}

}  // namespace tusker
