#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"

namespace tusker::cli {

// One cluster as lists show it.
struct ClusterRow {
  std::string id;
  std::string name;
  std::int64_t status = 0;  // ClusterInstancesInfo.Status
  std::string state;        // "running", "creating", "stopped", "create failed"…
  std::string release;
  std::string created;
  std::int64_t masters = 0;
  std::int64_t cores = 0;
  std::int64_t tasks = 0;
  std::vector<std::string> software;
};

// "running", "creating", "create failed"…: the words of the API's numbers
// (docs/reference/semantics.md 2.1).
std::string status_word(std::int64_t status);
inline constexpr std::int64_t kCreateFailed = 301;
bool is_gone(std::int64_t status);  // terminated: not in the list of clusters

ClusterRow read_cluster_row(const boost::json::object& info);

// "core-1", of a node's NameTag, core.0.
std::string node_name_of(std::string_view tag);

// Every cluster of the account that is not terminated, page by page, newest last.
Result<std::vector<ClusterRow>> list_clusters(const ApiClient& client);

// The same as the API's own objects.
Result<boost::json::array> list_cluster_objects(const ApiClient& client);

// The one meant by an id or a name. Names are labels: several clusters of one name are listed in
// the error, and one that does not exist is answered with the nearest that does.
Result<ClusterRow> pick_cluster(const std::vector<ClusterRow>& clusters,
                                std::string_view id_or_name);

// Whether a new cluster may be called so: the API takes a name twice, but commands go by names.
// AlreadyExists: one that did not fail has it.
Status check_name_is_free(const std::vector<ClusterRow>& clusters, std::string_view name);

// Asks the server and picks.
Result<ClusterRow> find_cluster(const ApiClient& client, std::string_view id_or_name);

// The id of a cluster by its name or id; by its id also of one that has ended, which no list has.
Result<std::string> find_cluster_id(const ApiClient& client, std::string_view id_or_name);

}  // namespace tusker::cli
