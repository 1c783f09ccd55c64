#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker::api {

// Zones are "<region>-<n>"; the API shows them as numbers too, the n-th as 100000 + n
// (docs/reference/wire-protocol.md 10).

// The zone's name, from its name or its number as text ("100002"), which published examples send;
// empty is the region's first. InvalidParameter.InvalidZone: neither.
Result<std::string> read_zone(std::string_view text, std::string_view region);

std::int64_t zone_number(std::string_view zone);
// 1 is ap-guangzhou, the only one that is published; 0 for all others.
std::int64_t region_number(std::string_view region);

}  // namespace tusker::api
