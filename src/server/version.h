#pragma once

#include <string_view>

namespace tusker {

// Of this program, for people: TUSKER_VERSION comes from the project's CMakeLists.txt.
inline constexpr std::string_view kVersion = TUSKER_VERSION;

}  // namespace tusker
