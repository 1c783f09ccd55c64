#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tusker::cli {

// Names that only the server knows; each is asked for only where one is wanted.
struct NameSources {
  using Names = std::vector<std::string>;
  std::function<Names()> clusters;
  std::function<Names(const std::string& cluster)> nodes;
  // Roles of one node whose logs are kept, and all nodes that have some, those that are gone too.
  std::function<Names(const std::string& cluster, const std::string& node)> logged_roles;
  std::function<Names(const std::string& cluster)> logged_nodes;
  std::function<Names()> jobs;  // numbers
  std::function<Names()> hosts;
  std::function<Names()> keys;  // SecretIds
};

// What may stand where the last of these words is being typed: commands, options, values of an
// option, and names of clusters, nodes and roles. The words are those after "tusker".
std::vector<std::string> complete(const std::vector<std::string>& words, const NameSources& names);

// For "bash", "zsh" and "fish"; they ask `tusker __complete`.
std::string_view completion_script(std::string_view shell);

}  // namespace tusker::cli
