#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tusker::cli {

// What may stand where the last of these words is being typed: commands, options, values of an
// option, and cluster names, which are asked for only where one is wanted. The words are those
// after "tusker".
std::vector<std::string> complete(const std::vector<std::string>& words,
                                  const std::function<std::vector<std::string>()>& cluster_names);

// For "bash", "zsh" and "fish"; they ask `tusker __complete`.
std::string_view completion_script(std::string_view shell);

}  // namespace tusker::cli
