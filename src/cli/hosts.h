#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"

namespace tusker::cli {

// A node on a host that the server knows nothing of.
struct OrphanRow {
  std::string id;       // emr-vm-xxxxxxxx
  std::string cluster;  // emr-xxxxxxxx, or empty
  std::string name;     // core-1, or empty
  std::string state;    // running, stopped, removing
  std::string note;     // why its removal fails
  std::uint64_t disk_bytes = 0;
  std::string made;
};

struct HostRow {
  std::string id;
  std::string name;
  bool connected = false;
  std::vector<OrphanRow> orphans;
};

HostRow read_host_row(const boost::json::object& info);
Result<std::vector<HostRow>> list_hosts(const ApiClient& client);

// The one meant by an id or a name. Several hosts of one name are listed in the error; one that
// does not exist is answered with the nearest that does.
Result<HostRow> pick_host(const std::vector<HostRow>& hosts, std::string_view id_or_name);

}  // namespace tusker::cli
