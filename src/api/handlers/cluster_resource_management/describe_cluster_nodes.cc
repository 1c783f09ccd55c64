#include <algorithm>
#include <array>
#include <set>

#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/handlers/cluster_resource_management/node_info.h"
#include "api/search_fields.h"
#include "api/utf8.h"
#include "base/encoding.h"
#include "model/model.h"
#include "plan/request_checks.h"

namespace tusker::api::handlers {
namespace {

using Nodes = std::vector<const store::Node*>;

struct Filter {
  std::string_view flag;
  std::string_view address;  // empty: any

  // Databases, recycled and renewable nodes do not exist here, so "db", "recyle" and "renew" list
  // nothing.
  bool accepts(const store::Node& node) const {
    if (flag != "all" && flag != node_type_word(node.type())) return false;
    return address.empty() || node.address() == address;
  }
};

Status sort_by(Nodes& nodes, const DescribeClusterNodesRequest& request) {
  const std::string field = in_lower_case(request.order_field.value_or(""));
  const bool descending = request.asc && *request.asc == 0;
  if (field == "applytime") {
    std::ranges::stable_sort(
        nodes, {}, [](const store::Node* node) { return node->created_wall_ms(); });
  } else if (field == "ip") {
    std::ranges::stable_sort(nodes, {}, [](const store::Node* node) { return node->address(); });
  } else if (!field.empty() && field != "flag") {
    return api_error(code::kInvalidParameterValue,
                     "OrderField is \"{}\"; expected applyTime, ip or flag",
                     cut_text(field, 64));
  }
  if (descending && !field.empty()) std::ranges::reverse(nodes);
  return ok_status();
}

// Offset is a page number by the documentation, and a number of rows for Terraform, which adds 100
// to it for each page. A page that exists is meant as one; beyond the last page, a multiple of
// Limit that is a row is meant as a row.
std::span<const store::Node* const> page_of(const Nodes& nodes,
                                            std::int64_t offset,
                                            std::int64_t limit) {
  const std::span<const store::Node* const> all(nodes);
  if (limit <= 0 && offset <= 0) return all;
  if (offset < 0) return {};
  const std::size_t size = limit <= 0 ? 100 : static_cast<std::size_t>(limit);
  const auto at = static_cast<std::size_t>(offset);
  const bool is_page = at < (all.size() + size - 1) / size;
  const bool is_row = at < all.size() && at % size == 0;
  if (!is_page && !is_row) return {};
  const std::size_t start = is_page ? at * size : at;
  return all.subspan(start, std::min(size, all.size() - start));
}

Nodes select(const Model& model,
             const store::Cluster& cluster,
             const Filter& filter,
             bool hosts_wanted) {
  Nodes nodes;
  if (!hosts_wanted) return nodes;
  for (const auto& [order, node] : model.nodes_of(cluster.id())) {
    if (filter.accepts(*node)) nodes.push_back(node);
  }
  return nodes;
}

}  // namespace

Result<Answer> describe_cluster_nodes(const DescribeClusterNodesRequest& request, Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_ClusterNotFound));
  TK_TRY(const std::string_view address, searched_address(request.search_fields));
  const bool hosts_wanted = request.hardware_resource_type.value_or("all") != "pod";
  Nodes nodes = select(call.services.model, *cluster, {request.node_flag, address}, hosts_wanted);
  TK_TRY_VOID(sort_by(nodes, request));

  answer::DescribeClusterNodesResponse response;
  Arena arena;
  response.total_cnt = static_cast<std::int64_t>(nodes.size());
  const auto page = page_of(nodes, request.offset.value_or(0), request.limit.value_or(0));
  response.node_list =
      arena.each(page, [&](const auto* node) { return node_info(*cluster, *node, call, arena); });
  std::set<std::string_view> keys;
  for (const store::Tag& tag : cluster->tags()) keys.insert(tag.key());
  response.tag_keys = arena.texts(keys);
  response.hardware_resource_type_list = arena.texts(std::array{"HOST"});
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
