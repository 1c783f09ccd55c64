#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace tusker::cli {

struct BootstrapScript {
  std::string moment;  // resourceAfter, clusterBefore, clusterAfter
  std::string name;    // of its file
  std::vector<std::string> arguments;
  std::string content;
};

// "[MOMENT=]FILE [ARGUMENT…]", quoted as for a shell, and what is in the file. Without a moment:
// resourceAfter.
// InvalidArgument; the error of reading the file.
Result<BootstrapScript> bootstrap_script_of(const std::string& text);

// What `tusker cluster create` was asked for, every choice made.
struct CreateChoices {
  std::string name;
  std::uint64_t product_id = 0;
  std::vector<std::string> software;  // hdfs-3.5.0
  std::int64_t masters = 1;
  std::int64_t cores = 2;
  std::string master_spec;  // TK.SMALL2
  std::string core_spec;
  std::int64_t disk_gb = 0;  // of each node's data disk; 0: the product's default
  std::string client_token;
  std::string login_password;  // the API demands one; nobody logs in with it
  std::map<std::string, std::string> tags;
  std::vector<BootstrapScript> scripts;
};

// With what every new cluster has: a token of its own, and a password of the form that the API
// prescribes, which is thrown away: `tusker run` needs none.
CreateChoices new_choices(const std::string& name, std::uint64_t product_id, Random& random);

// Parameters of CreateInstance and PlanInstance.
boost::json::object create_parameters(const CreateChoices& choices);

// "hdfs,yarn" and versions by name -> "hdfs-3.5.0", "yarn-3.5.0". A component with a version is
// taken as it is; an unknown one is an error that lists those of the release.
Result<std::vector<std::string>> software_of(const std::vector<std::string>& components,
                                             const std::map<std::string, std::string>& versions,
                                             std::string_view release);

}  // namespace tusker::cli
