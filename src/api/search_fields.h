#pragma once

#include <string_view>
#include <vector>

#include "api/generated/types.h"
#include "base/result.h"

namespace tusker::api {

// The address that a list is searched for, empty when any will do; borrows from `fields`, of which
// the last one counts. InvalidParameterValue: a search for anything else.
Result<std::string_view> searched_address(const std::vector<SearchItem>& fields);

}  // namespace tusker::api
