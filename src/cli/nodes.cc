#include "cli/nodes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/remedies.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

std::string size_of(std::int64_t bytes) {
  return bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(0, bytes)));
}

// "612 MB of 1.5 GB"; what a host has not measured yet is left out.
std::string share(std::int64_t used, std::int64_t all) {
  return used <= 0 ? size_of(all) : fmt::format("{} of {}", size_of(used), size_of(all));
}

// "NameNode, DataNode (starting)": only what is not ready says how it is.
std::string roles_text(const NodeRow& node) {
  std::string text;
  for (const NodeRow::Role& role : node.roles) {
    text += (text.empty() ? "" : ", ") + role.name;
    if (role.state != "ready") text += fmt::format(" ({})", role.state);
  }
  return text;
}

// NodeManagers take a disk for bad from here on, and a DataNode soon after.
bool is_full(const NodeRow& node) {
  return node.disk_bytes > 0 && node.disk_used_bytes >= node.disk_bytes / 10 * 9;
}

std::vector<std::string> causes_of(const NodeRow& node) {
  std::vector<std::string> lines;
  if (!node.host_connected)
    lines.push_back(
        fmt::format("host {} is not connected; what is shown is what it said last", node.host));
  if (!node.note.empty()) lines.push_back(node.note);
  if (is_full(node))
    lines.push_back(
        fmt::format("its disk is full: {}", share(node.disk_used_bytes, node.disk_bytes)));
  return lines;
}

}  // namespace

NodeRow read_node_row(const json::object& info) {
  NodeRow node;
  node.cluster_id = text_at(info, "InstanceId");
  node.cluster_name = text_at(info, "InstanceName");
  node.id = text_at(info, "ResourceId");
  node.name = text_at(info, "Name");
  node.type = text_at(info, "NodeType");
  node.host = text_at(info, "HostName");
  node.host_connected = flag_at(info, "HostConnected");
  node.address = text_at(info, "Address");
  node.cpus = integer_at(info, "Cpus");
  node.memory_bytes = integer_at(info, "MemoryBytes");
  node.memory_used_bytes = integer_at(info, "MemoryUsedBytes");
  for (const json::value& disk : array_at(info, "DiskBytes")) {
    if (disk.is_int64()) node.disk_bytes += disk.get_int64();
  }
  node.disk_used_bytes = integer_at(info, "DiskUsedBytes");
  node.state = text_at(info, "State");
  node.note = text_at(info, "Note");
  for (const json::value& entry : array_at(info, "Roles")) {
    if (!entry.is_object()) continue;
    const json::object& role = entry.get_object();
    node.roles.push_back({.name = text_at(role, "Name"),
                          .component = text_at(role, "Component"),
                          .state = text_at(role, "State"),
                          .not_ready = text_at(role, "NotReady"),
                          .restarts = integer_at(role, "Restarts")});
  }
  return node;
}

Result<json::array> list_node_objects(const ApiClient& client, const std::string& cluster_id) {
  json::object parameters;
  if (!cluster_id.empty()) parameters["InstanceId"] = cluster_id;
  TK_TRY(const json::object answer, client.call("DescribeNodes", parameters));
  json::array nodes;
  for (const json::value& entry : array_at(answer, "Nodes")) {
    if (entry.is_object()) nodes.push_back(entry);
  }
  return nodes;
}

Result<std::vector<NodeRow>> list_nodes(const ApiClient& client, const std::string& cluster_id) {
  TK_TRY(const json::array objects, list_node_objects(client, cluster_id));
  std::vector<NodeRow> nodes;
  for (const json::value& info : objects) nodes.push_back(read_node_row(info.get_object()));
  return nodes;
}

std::vector<std::string> problems_of(const NodeRow& node) {
  std::vector<std::string> lines;
  for (std::string& cause : causes_of(node))
    lines.push_back(
        with_remedy(printable(cause), {.cluster = node.cluster_name, .node = node.name}));
  for (const NodeRow::Role& role : node.roles) {
    if (role.not_ready.empty()) continue;
    const std::string ended =
        role.restarts > 0 ? fmt::format("; it has ended {} times", role.restarts) : "";
    lines.push_back(
        with_remedy(fmt::format("{}: {}{}", role.name, printable(role.not_ready), ended),
                    {.cluster = node.cluster_name,
                     .node = node.name,
                     .role = role.name,
                     .component = role.component}));
  }
  return lines;
}

std::string render_nodes(const std::vector<NodeRow>& nodes, const Console& console) {
  Table table(
      {"CLUSTER", "NODE", "TYPE", "HOST", "ADDRESS", "CPU", "MEMORY", "DISK", "STATE", "ROLES"});
  std::string troubles;
  for (const NodeRow& node : nodes) {
    table.add_row({node.cluster_name,
                   node.name,
                   node.type,
                   node.host,
                   node.address,
                   std::to_string(node.cpus),
                   share(node.memory_used_bytes, node.memory_bytes),
                   share(node.disk_used_bytes, node.disk_bytes),
                   node.state,
                   roles_text(node)});
    for (const std::string& line : problems_of(node)) {
      troubles +=
          fmt::format("  {} {}: {}\n", printable(node.cluster_name), printable(node.name), line);
    }
  }
  const std::string out = table.render_for(console);
  return troubles.empty() ? out : out + "\nnot well\n" + troubles;
}

}  // namespace tusker::cli
