#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "cli/console.h"

namespace tusker::cli {

// What commands want to know of one node, as DescribeNodes tells it.
struct NodeRow {
  struct Role {
    std::string name;
    std::string component;  // "hdfs"
    std::string state;      // "ready", "starting"…
    std::string not_ready;  // which condition does not hold yet
    std::int64_t restarts = 0;
  };

  std::string cluster_id;
  std::string cluster_name;
  std::string id;    // emr-vm-…
  std::string name;  // core-1
  std::string type;
  std::string host;
  bool host_connected = false;
  std::string address;
  std::int64_t cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t memory_used_bytes = 0;
  std::int64_t disk_bytes = 0;  // of all its disks together, as is what is used of them
  std::int64_t disk_used_bytes = 0;
  std::string state;
  std::string note;
  std::vector<Role> roles;
};

NodeRow read_node_row(const boost::json::object& info);

// Nodes of one cluster, or of all that live if the id is empty: as the API shows them, and as rows.
Result<boost::json::array> list_node_objects(const ApiClient& client,
                                             const std::string& cluster_id);
Result<std::vector<NodeRow>> list_nodes(const ApiClient& client, const std::string& cluster_id);

// What is wrong with a node, one line each and with what to do about it; none of what its owner has
// stopped.
std::vector<std::string> problems_of(const NodeRow& node);

// The table of `tusker node list`, with what is wrong of each node below it.
std::string render_nodes(const std::vector<NodeRow>& nodes, const Console& console);

}  // namespace tusker::cli
