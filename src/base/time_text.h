#pragma once

#include <cstddef>

#include "base/clock.h"

namespace tusker {

// to_text(WallTime), written to where there is room for it: answers have dozens of times.
inline constexpr std::size_t kTimeText = 19;  // bytes of every such text
void write_text(WallTime time, char* at);

}  // namespace tusker
