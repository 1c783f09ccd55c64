#pragma once

#include <string_view>
#include <vector>

#include "api/arena.h"
#include "api/value.h"
#include "base/result.h"

namespace tusker::api {

// One parameter of a query or form body, decoded once: %XX and '+'.
struct Parameter {
  std::string_view name;
  std::string_view value;
};

// The parameters in the order received. InvalidArgument: a broken escape, text that is not UTF-8,
// more than kMaxParameters.
inline constexpr std::size_t kMaxParameters = 10'000;
Result<std::vector<Parameter>> read_parameters(std::string_view encoded, Arena& arena);

// The object that flattened names describe: Tags.0.TagKey=k. A part that is a number is an index;
// gaps are dropped, order is by index. Leaves are Text. InvalidArgument: a name twice, a name that
// is both a value and an object, an empty part, an index of more than six digits, deeper than
// kMaxDepth.
Result<const Value*> build_object(const std::vector<Parameter>& parameters, Arena& arena);

}  // namespace tusker::api
