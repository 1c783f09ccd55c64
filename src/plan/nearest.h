#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusker {

// The candidate that a person most likely meant by `name`: fewest edits, at most a third of its
// length; "" when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

// `; did you mean "ports"?`, or "" when nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace tusker
