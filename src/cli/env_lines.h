#pragma once

#include <string>
#include <string_view>

#include "cli/credentials.h"

namespace tusker::cli {

// "export NAME='value'", for a shell to read.
std::string export_line(std::string_view name, std::string_view value);

// What find_access() reads: address, key and region.
std::string own_env_lines(const Access& access);

}  // namespace tusker::cli
