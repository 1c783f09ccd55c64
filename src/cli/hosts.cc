#include "cli/hosts.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

HostRow read_host_row(const json::object& info) {
  HostRow host;
  host.id = text_at(info, "HostId");
  host.name = text_at(info, "HostName");
  host.connected = flag_at(info, "Connected");
  for (const json::value& entry : array_at(info, "Orphans")) {
    if (!entry.is_object()) continue;
    const json::object& orphan = entry.get_object();
    host.orphans.push_back({
        .id = text_at(orphan, "ResourceId"),
        .cluster = text_at(orphan, "InstanceId"),
        .name = text_at(orphan, "Name"),
        .state = text_at(orphan, "State"),
        .note = text_at(orphan, "Note"),
        .disk_bytes =
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_at(orphan, "DiskBytes"))),
        .made = text_at(orphan, "AddTime"),
    });
  }
  return host;
}

Result<std::vector<HostRow>> list_hosts(const ApiClient& client) {
  TK_TRY(const json::object answer, client.call("DescribeHosts", {}));
  std::vector<HostRow> hosts;
  for (const json::value& entry : array_at(answer, "Hosts")) {
    if (entry.is_object()) hosts.push_back(read_host_row(entry.get_object()));
  }
  return hosts;
}

Result<HostRow> pick_host(const std::vector<HostRow>& hosts, std::string_view id_or_name) {
  std::vector<std::string> names;
  std::vector<const HostRow*> named;
  for (const HostRow& host : hosts) {
    if (host.id == id_or_name) return host;
    if (host.name == id_or_name) named.push_back(&host);
    names.push_back(host.name);
  }
  if (named.size() == 1) return *named.front();
  if (named.empty()) {
    const std::optional<std::string> nearest = nearest_word(id_or_name, names);
    return Error::make(ErrorCode::NotFound,
                       "there is no host '{}'{}; see tusker host list",
                       printable(id_or_name),
                       nearest ? fmt::format("; did you mean '{}'?", printable(*nearest)) : "");
  }
  std::string ids;
  for (const HostRow* const host : named) ids += " " + printable(host->id);
  return Error::make(ErrorCode::InvalidArgument,
                     "{} hosts are called '{}'; name one by its id:{}",
                     named.size(),
                     printable(id_or_name),
                     ids);
}

}  // namespace tusker::cli
