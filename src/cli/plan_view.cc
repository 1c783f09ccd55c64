#include "cli/plan_view.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

std::string size_at(const json::object& object, std::string_view key) {
  return bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_at(object, key))));
}

std::string roles_of(const json::object& node) {
  std::string out;
  for (const json::value& entry : array_at(node, "Roles")) {
    if (!entry.is_object()) continue;
    const json::object& role = entry.get_object();
    out += (out.empty() ? "" : ", ") + text_at(role, "Name");
    if (integer_at(role, "HeapBytes") > 0) out += " (heap " + size_at(role, "HeapBytes") + ")";
  }
  return out;
}

std::string disks_of(const json::object& node) {
  std::string out;
  for (const json::value& disk : array_at(node, "DiskBytes")) {
    if (!disk.is_int64() && !disk.is_uint64()) continue;
    out += (out.empty() ? "" : " + ") + bytes_text(disk.to_number<std::uint64_t>());
  }
  return out;
}

template <typename AddRow>
void each_object(const json::array& array, AddRow add_row) {
  for (const json::value& entry : array) {
    if (entry.is_object()) add_row(entry.get_object());
  }
}

}  // namespace

std::string render_plan(const json::object& plan) {
  Table nodes({"NODE", "HOST", "ADDRESS", "CPU", "MEMORY", "DISK", "ROLES"});
  each_object(array_at(plan, "Nodes"), [&nodes](const json::object& node) {
    nodes.add_row({text_at(node, "Name"),
                   text_at(node, "HostName"),
                   text_at(node, "Address"),
                   std::to_string(integer_at(node, "Cpus")),
                   size_at(node, "MemoryBytes"),
                   disks_of(node),
                   roles_of(node)});
  });
  Table hosts({"HOST", "NODES", "MEMORY TAKEN", "DISK TAKEN"});
  each_object(array_at(plan, "Hosts"), [&hosts](const json::object& host) {
    hosts.add_row({text_at(host, "HostName"),
                   std::to_string(integer_at(host, "Nodes")),
                   size_at(host, "MemoryBytes"),
                   size_at(host, "DiskBytes")});
  });
  std::string out = nodes.render() + "\n" + hosts.render();
  for (const json::value& warning : array_at(plan, "Warnings")) {
    if (warning.is_string()) out += "\nwarning: " + printable(warning.get_string());
  }
  return out.ends_with('\n') ? out : out + "\n";
}

}  // namespace tusker::cli
