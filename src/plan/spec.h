#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// "TK.SMALL2" -> 1 CPU, 2 GiB: `<family>.<size><memory in GB>`, size SMALL 1 core, MEDIUM 2, LARGE
// 4, nXLARGE 4n. InvalidArgument with InvalidParameter.InvalidInstanceType for a family or shape
// that is not offered, with the nearest one that is.
Result<store::NodeSpec> find_spec(const Definitions& definitions, std::string_view name);

// Of the one data disk of a node for which none is asked.
inline constexpr std::uint64_t kDefaultDiskBytes = 8ULL << 30;

// Whether "2XLARGE16" and the like is a size and a memory.
bool is_spec_shape(std::string_view shape);

}  // namespace tusker
