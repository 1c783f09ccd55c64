#include "plan/request_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "plan/invalid.h"
#include "plan/name_rules.h"
#include "plan/nearest.h"
#include "plan/spec.h"

namespace tusker {
namespace {

constexpr std::uint32_t kMostNodes = 1000;  // of one type in one request
constexpr int kMostDisks = 15;
constexpr std::uint64_t kLeastDiskBytes = 1ULL << 30;
constexpr std::uint64_t kMostDiskBytes = 64ULL << 40;
constexpr std::uint64_t kMostMemoryBytes = 16ULL << 40;
constexpr std::size_t kMostSoftware = 64;

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

Result<const ReleaseDefinition*> find_release(const Definitions& definitions,
                                              const CreateRequest& request) {
  std::vector<std::string> carried;
  for (const ReleaseDefinition& release : definitions.releases)
    carried.push_back(fmt::format("{} (ProductId {})", release.name, release.product_id));
  const std::string name = trimmed(request.release);
  if (!name.empty()) {
    const ReleaseDefinition* found = definitions.release(name);
    if (found != nullptr && (request.product_id == 0 || request.product_id == found->product_id))
      return found;
    return invalid("InvalidParameter.InvalidProductVersion",
                   "ProductVersion \"{}\" is not carried here; there is {}",
                   name.substr(0, 64),
                   fmt::join(carried, ", "));
  }
  if (const ReleaseDefinition* found = definitions.release_by_product(request.product_id))
    return found;
  return invalid("InvalidParameter.InvalidProductId",
                 "ProductId {} is not carried here; there is {}",
                 request.product_id,
                 fmt::join(carried, ", "));
}

// One entry of the software list.
struct Software {
  std::string name;
  std::string version;
};

Result<Software> parse_software(std::string_view given) {
  const std::string text = trimmed(given).substr(0, 128);
  const std::size_t dash = text.rfind('-');
  if (dash == std::string::npos || dash == 0) {
    return invalid("InvalidParameter.InvalidSoftInfo",
                   "Software \"{}\" has not the form name-version, such as hdfs-3.5.0",
                   text);
  }
  Software software{software_name(text), text.substr(dash + 1)};
  const auto fits_version = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_'; };
  if (software.version.empty() ||
      !std::isdigit(static_cast<unsigned char>(software.version.front())) ||
      !std::all_of(software.version.begin(), software.version.end(), fits_version)) {
    return invalid("InvalidParameter.InvalidSoftWareVersion",
                   "Software \"{}\": \"{}\" is no version, such as 3.5.0",
                   text,
                   software.version);
  }
  return software;
}

Result<const ComponentDefinition*> find_software(const Definitions& definitions,
                                                 const ReleaseDefinition& release,
                                                 const Software& software) {
  std::vector<std::string> names, offered;
  for (const auto& [name, version] : release.components) {
    names.push_back(name);
    offered.push_back(fmt::format("{}-{}", name, version));
  }
  const auto version = release.components.find(software.name);
  const ComponentDefinition* component = definitions.component(software.name);
  if (version == release.components.end() || component == nullptr) {
    return invalid("InvalidParameter.InvalidSoftWareName",
                   "Software \"{}\" is not part of {}{}; it has {}",
                   software.name,
                   release.name,
                   did_you_mean(software.name, names),
                   fmt::join(offered, ", "));
  }
  if (version->second != software.version) {
    return invalid("InvalidParameter.SoftwareNotInProduct",
                   "Software {}-{} is not part of {}; it has {}-{}",
                   software.name,
                   software.version,
                   release.name,
                   software.name,
                   version->second);
  }
  return component;
}

Status check_dependencies(const std::map<std::string, std::string>& chosen,
                          const CheckedRequest& checked) {
  for (const ComponentDefinition* component : checked.components) {
    for (const std::string& needed : component->needs) {
      if (chosen.contains(needed)) continue;
      return invalid("InvalidParameter.UnsatisfiedSoftDependecy",
                     "Software {} needs {}: add {}-{}",
                     component->name,
                     needed,
                     needed,
                     checked.release->components.at(needed));
    }
  }
  return ok_status();
}

Status check_software(const Definitions& definitions,
                      const CreateRequest& request,
                      CheckedRequest& checked) {
  std::map<std::string, std::string> chosen;  // name -> as asked for
  if (request.software.size() > kMostSoftware)
    return invalid(
        "InvalidParameter.InvalidSoftInfo", "Software has {} entries", request.software.size());
  for (const std::string& text : request.software) {
    TK_TRY(const Software software, parse_software(text));
    TK_TRY(const ComponentDefinition* component,
           find_software(definitions, *checked.release, software));
    if (!chosen.emplace(component->name, trimmed(text)).second) {
      return invalid(
          "InvalidParameter.InvalidSoftInfo", "Software names {} twice", component->name);
    }
  }
  if (chosen.empty()) {
    return invalid(
        "InvalidParameter.NotContainMustSelectSoftware",
        "Software is empty: a cluster of {} has at least hdfs-{}",
        checked.release->name,
        checked.release->components.contains("hdfs") ? checked.release->components.at("hdfs") : "");
  }
  // Clients compare what they are shown with what they sent (docs/reference/terraform.md 2).
  for (const ComponentDefinition& component : definitions.components) {
    const auto asked = chosen.find(component.name);
    if (asked == chosen.end()) continue;
    checked.components.push_back(&component);
    checked.software.push_back(asked->second);
  }
  return check_dependencies(chosen, checked);
}

std::uint32_t count_of(const CreateRequest& request, store::NodeType type) {
  const auto found = request.groups.find(type);
  return found == request.groups.end() ? 0 : found->second.count;
}

Status check_counts(const CreateRequest& request) {
  const std::uint32_t masters = count_of(request, store::MASTER);
  const std::uint32_t cores = count_of(request, store::CORE);
  const std::uint32_t tasks = count_of(request, store::TASK);
  const std::uint32_t commons = count_of(request, store::COMMON);
  if (masters != 1) {
    return invalid("InvalidParameter.IncorrectMasterCount",
                   "MasterCount is {}; a cluster without high availability has exactly 1",
                   masters);
  }
  if (cores < 1 || cores > kMostNodes) {
    return invalid("InvalidParameter.InvalidCoreCount",
                   "CoreCount is {}; it must be from 1 to {}, and 2 keep data when one is lost",
                   cores,
                   kMostNodes);
  }
  if (tasks > kMostNodes)
    return invalid("InvalidParameter.InvalidTaskCount",
                   "TaskCount is {}; at most {} are possible",
                   tasks,
                   kMostNodes);
  if (commons != 0) {
    return invalid("InvalidParameter.IncorrectCommonCount",
                   "CommonCount is {}; a cluster without high availability has none",
                   commons);
  }
  if (const std::uint32_t routers = count_of(request, store::ROUTER); routers != 0) {
    return Error::make(ErrorCode::Unsupported,
                       "RouterCount is {}; router nodes are not supported yet: leave them out",
                       routers)
        .with_api_code("UnsupportedOperation");
  }
  return ok_status();
}

std::string_view title_of(store::NodeType type) {
  switch (type) {
    case store::MASTER:
      return "Master";
    case store::CORE:
      return "Core";
    case store::TASK:
      return "Task";
    case store::COMMON:
      return "Common";
    default:
      return "Router";
  }
}

Status check_disks(store::NodeType type, store::NodeSpec& spec) {
  if (spec.disk_bytes().empty()) spec.add_disk_bytes(kDefaultDiskBytes);
  if (spec.disk_bytes_size() > kMostDisks) {
    return invalid("InvalidParameter.InvalidDiskNum",
                   "a {} node has {} data disks; at most {} are possible",
                   node_type_word(type),
                   spec.disk_bytes_size(),
                   kMostDisks);
  }
  for (const std::uint64_t bytes : spec.disk_bytes()) {
    if (bytes >= kLeastDiskBytes && bytes <= kMostDiskBytes) continue;
    return invalid("InvalidParameter.InvalidDiskSize",
                   "a data disk of a {} node has {:.2f} GB; it must have from 1 to {} GB",
                   node_type_word(type),
                   static_cast<double>(bytes) / (1 << 30),
                   kMostDiskBytes >> 30);
  }
  return ok_status();
}

Status fill_sizes(const Definitions& definitions, store::NodeType type, store::NodeSpec& spec) {
  if (!spec.instance_type().empty()) {
    TK_TRY(const store::NodeSpec offered, find_spec(definitions, spec.instance_type()));
    if ((spec.cpus() != 0 && spec.cpus() != offered.cpus()) ||
        (spec.memory_bytes() != 0 && spec.memory_bytes() != offered.memory_bytes())) {
      return invalid("InvalidParameter.InvalidResourceSpec",
                     "{}ResourceSpec names {}, which is {} CPU and {} GB, and other sizes: leave "
                     "Cpu and MemSize out",
                     title_of(type),
                     spec.instance_type(),
                     offered.cpus(),
                     offered.memory_bytes() >> 30);
    }
    spec.set_cpus(offered.cpus());
    spec.set_memory_bytes(offered.memory_bytes());
  }
  if (spec.cpus() == 0 && spec.memory_bytes() == 0) {
    return invalid(
        type == store::CORE ? "MissingParameter.MissingCoreResource"
                            : "InvalidParameter.InvalidResourceSpec",
        "{}ResourceSpec says no size: give InstanceType (such as TK.SMALL1), or Cpu and MemSize",
        title_of(type));
  }
  if (spec.cpus() == 0 || spec.cpus() > 1024 || spec.memory_bytes() < (1 << 20) ||
      spec.memory_bytes() > kMostMemoryBytes) {
    return invalid(
        "InvalidParameter.InvalidResourceSpec",
        "{}ResourceSpec has {} CPU and {} MB; both must be at least 1 and below 1024 CPU and 16 TB",
        title_of(type),
        spec.cpus(),
        spec.memory_bytes() >> 20);
  }
  return check_disks(type, spec);
}

}  // namespace

std::string software_name(std::string_view software) {
  std::string name(software.substr(0, software.rfind('-')));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return name;
}

std::string_view node_type_word(store::NodeType type) {
  switch (type) {
    case store::MASTER:
      return "master";
    case store::CORE:
      return "core";
    case store::TASK:
      return "task";
    case store::COMMON:
      return "common";
    case store::ROUTER:
      return "router";
    default:
      return "none";
  }
}

Result<CheckedRequest> check_request(const Definitions& definitions, const CreateRequest& request) {
  CheckedRequest checked;
  TK_TRY_VOID(check_cluster_name("InstanceName", request.name));
  TK_TRY(checked.release, find_release(definitions, request));
  TK_TRY_VOID(check_software(definitions, request, checked));
  if (request.high_availability) {
    return Error::make(
               ErrorCode::Unsupported,
               "SupportHA or EnableSupportHAFlag is on; clusters with high availability are "
               "not supported yet: leave it off and ask for one master")
        .with_api_code("UnsupportedOperation");
  }
  TK_TRY_VOID(check_counts(request));
  TK_TRY_VOID(check_scripts(request.scripts));
  for (const auto& [type, group] : request.groups) {
    if (group.count == 0) continue;
    GroupRequest filled = group;
    TK_TRY_VOID(fill_sizes(definitions, type, filled.spec));
    if (request.thin_disks) filled.spec.set_thin_disks(true);
    checked.groups.emplace(type, std::move(filled));
  }
  return checked;
}

}  // namespace tusker
