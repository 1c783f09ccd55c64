#include "control/drain_work.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "control/reported.h"

namespace tusker {
namespace {

namespace json = boost::json;

constexpr Duration kWindow = std::chrono::seconds(10);

// {"core-3.…:4001": {"underReplicateInOpenFiles": 1, …}, …}
std::uint64_t open_blocks_in(const link::RoleStatus& role) {
  const auto found = role.facts().find("DecomNodes");
  if (found == role.facts().end()) return 0;
  boost::system::error_code failure;
  const json::value nodes = json::parse(found->second, failure);
  if (failure || !nodes.is_object()) return 0;
  std::uint64_t blocks = 0;
  for (const auto& [name, node] : nodes.get_object()) {
    const json::value* const open =
        node.is_object() ? node.get_object().if_contains("underReplicateInOpenFiles") : nullptr;
    if (open != nullptr && open->is_int64() && open->get_int64() > 0)
      blocks += static_cast<std::uint64_t>(open->get_int64());
  }
  return blocks;
}

std::string text_in(const link::RoleStatus& role, const char* fact) {
  const auto found = role.facts().find(fact);
  return found == role.facts().end() ? "" : found->second;
}

void note_hdfs(const link::RoleStatus& name_node, DrainWork& work) {
  work.blocks = number_in(name_node, "UnderReplicatedBlocks");
  work.open_blocks = open_blocks_in(name_node);
  work.open_files = text_in(name_node, "OpenFiles");
}

void note_yarn(const link::RoleStatus& resource_manager, DrainWork& work) {
  if (number_in(resource_manager, "decommissioningNodes").value_or(0) == 0) return;
  work.applications = number_in(resource_manager, "appsRunning").value_or(0);
  const std::string id = text_in(resource_manager, "runningApp");
  if (!id.empty())
    work.application =
        fmt::format("{} ({})", id, cut_text(text_in(resource_manager, "runningAppName"), 60));
}

std::string application_text(const DrainWork& work) {
  if (work.application.empty()) return std::to_string(work.applications);
  if (work.applications == 1) return work.application;
  return fmt::format("{} and {} more", work.application, work.applications - 1);
}

}  // namespace

DrainWork drain_work(const Model& model, const std::string& cluster_id) {
  DrainWork work;
  for (const auto& [order, node] : model.nodes_of(cluster_id)) {
    const link::NodeStatus* const status = model.status_of(*node);
    if (status == nullptr) continue;
    if (const auto* const name_node = role_in(*status, "NameNode")) note_hdfs(*name_node, work);
    if (const auto* const manager = role_in(*status, "ResourceManager")) note_yarn(*manager, work);
  }
  return work;
}

void FallRate::saw(Time now, std::uint64_t number) {
  seen_.emplace_back(now, number);
  while (seen_.size() > 2 && now - seen_[1].first >= kWindow) seen_.pop_front();
}

std::optional<double> FallRate::per_second() const {
  if (seen_.size() < 2 || seen_.front().second <= seen_.back().second) return std::nullopt;
  const std::chrono::duration<double> took = seen_.back().first - seen_.front().first;
  if (took.count() <= 0) return std::nullopt;
  return static_cast<double>(seen_.front().second - seen_.back().second) / took.count();
}

std::string drain_text(const store::Cluster& cluster,
                       const DrainWork& work,
                       std::optional<double> per_second) {
  std::string text;
  const std::uint64_t blocks = work.blocks.value_or(0);
  if (blocks > 0) text = fmt::format("HDFS has {} block{} to copy", blocks, blocks == 1 ? "" : "s");
  if (blocks > 0 && per_second) text += fmt::format(", {:.1f} a second", *per_second);
  if (work.open_blocks > 0) {
    text += fmt::format(
        "{}{} of files that are still being written{}{}; all of them: tusker run {} "
        "--user hadoop -- hdfs dfsadmin -listOpenFiles -blockingDecommission",
        text.empty() ? "" : "; ",
        work.open_blocks == 1 ? "1 block is" : fmt::format("{} blocks are", work.open_blocks),
        work.open_files.empty() ? "" : ": ",
        work.open_files,
        cluster.name());
  }
  if (work.applications > 0) {
    text += fmt::format("{}YARN waits for applications that ran there to end; running: {}",
                        text.empty() ? "" : "; ",
                        application_text(work));
  }
  return text.empty() ? text : text + "; ";
}

}  // namespace tusker
