#pragma once

#include <string_view>

#include "base/result.h"

namespace tusker {

// The rule for names of clusters (docs/reference/semantics.md 12): 6 to 36 characters, which are
// not bytes; Chinese, ASCII letters, digits, '-' and '_'. InvalidParameter.InvalidInstanceName says
// what is wrong with `field`, the parameter that has it. The name is a stranger's, also its
// encoding.
Status check_cluster_name(std::string_view field, std::string_view name);

}  // namespace tusker
