#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace tusker {

// "90s", "30m", "8h", "2d", "250ms": digits and one unit, at most some centuries. Nothing: it is
// something else.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace tusker
