#include "control/drain_work.h"

#include <fmt/format.h>

#include <boost/json.hpp>

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

}  // namespace

std::optional<DrainWork> drain_work(const Model& model, const std::string& cluster_id) {
  for (const auto& [order, node] : model.nodes_of(cluster_id)) {
    const link::NodeStatus* const status = model.status_of(*node);
    const link::RoleStatus* const name_node =
        status == nullptr ? nullptr : role_in(*status, "NameNode");
    if (name_node == nullptr) continue;
    const std::optional<std::uint64_t> blocks = number_in(*name_node, "UnderReplicatedBlocks");
    if (!blocks) continue;
    const auto files = name_node->facts().find("OpenFiles");
    return DrainWork{*blocks,
                     open_blocks_in(*name_node),
                     files == name_node->facts().end() ? "" : files->second};
  }
  return std::nullopt;
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
  if (work.blocks > 0)
    text = fmt::format("HDFS has {} block{} to copy", work.blocks, work.blocks == 1 ? "" : "s");
  if (work.blocks > 0 && per_second) text += fmt::format(", {:.1f} a second", *per_second);
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
  return text.empty() ? text : text + "; ";
}

}  // namespace tusker
