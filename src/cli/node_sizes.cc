#include "cli/node_sizes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/words.h"
#include "plan/inventory.h"
#include "plan/spec.h"

namespace tusker::cli {

namespace json = boost::json;

Result<std::vector<FreeHost>> load_free_hosts(const ApiClient& client) {
  TK_TRY(const json::object answer, client.call("DescribeHosts", {}));
  std::vector<FreeHost> hosts;
  for (const json::value& entry : array_at(answer, "Hosts")) {
    if (!entry.is_object()) continue;
    const json::object& host = entry.get_object();
    if (!flag_at(host, "Connected") || flag_at(host, "Cordoned")) continue;
    const auto total =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_at(host, "MemoryBytes")));
    const auto reserved = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, integer_at(host, "MemoryReservedBytes")));
    const std::uint64_t taken = reserved + memory_reserve(total);
    hosts.push_back(
        {.name = text_at(host, "HostName"), .memory_bytes = total > taken ? total - taken : 0});
  }
  return hosts;
}

namespace {

Result<std::uint64_t> memory_needed(const Definitions& definitions,
                                    const Profile& profile,
                                    std::int64_t masters,
                                    std::int64_t cores) {
  TK_TRY(const store::NodeSpec master, find_spec(definitions, profile.master_spec));
  TK_TRY(const store::NodeSpec core, find_spec(definitions, profile.core_spec));
  return static_cast<std::uint64_t>(masters) * master.memory_bytes() +
         static_cast<std::uint64_t>(cores) * core.memory_bytes();
}

NodeSizes sizes_of(const Profile& profile, std::string reason) {
  return {.master_spec = profile.master_spec,
          .core_spec = profile.core_spec,
          .explanation = fmt::format("profile {} (master {}, core {}){}",
                                     profile.name,
                                     profile.master_spec,
                                     profile.core_spec,
                                     reason)};
}

Result<NodeSizes> named(const std::vector<Profile>& known, const std::string& name) {
  std::string names;
  for (const Profile& profile : known) {
    if (profile.name == name) return sizes_of(profile, "");
    names += (names.empty() ? "" : ", ") + profile.name;
  }
  return Error::make(ErrorCode::InvalidArgument,
                     "there is no profile '{}'; there are: {}",
                     printable(name),
                     names);
}

}  // namespace

Result<NodeSizes> choose_sizes(const Definitions& definitions,
                               const std::vector<Profile>& known,
                               const std::string& named_profile,
                               const std::vector<FreeHost>& hosts,
                               std::int64_t masters,
                               std::int64_t cores) {
  if (!named_profile.empty()) return named(known, named_profile);
  const auto host =
      std::max_element(hosts.begin(), hosts.end(), [](const FreeHost& a, const FreeHost& b) {
        return a.memory_bytes < b.memory_bytes;
      });
  if (host == hosts.end()) {
    return Error::make(
        ErrorCode::Unavailable,
        "no host is connected to the server, so nothing says which node sizes fit. Look at: "
        "tusker api DescribeHosts; or name a size: --profile small");
  }
  std::uint64_t smallest = 0;
  for (auto profile = known.rbegin(); profile != known.rend(); ++profile) {
    TK_TRY(smallest, memory_needed(definitions, *profile, masters, cores));
    if (smallest > host->memory_bytes) continue;
    return sizes_of(*profile,
                    fmt::format(": {} of the {} that host {} has free for nodes",
                                bytes_text(smallest),
                                bytes_text(host->memory_bytes),
                                printable(host->name)));
  }
  return Error::make(
      ErrorCode::ResourceExhausted,
      "{} master and {} core nodes of the smallest profile need {} of memory; host {} has {} free "
      "for nodes. Terminate a cluster, ask for fewer nodes, or add memory",
      masters,
      cores,
      bytes_text(smallest),
      printable(host->name),
      bytes_text(host->memory_bytes));
}

}  // namespace tusker::cli
