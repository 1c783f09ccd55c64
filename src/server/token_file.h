#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace tusker::server {

// What a caller has to present, from a file of one line that only its owner reads; made at the
// first start: `prefix` and 256 random bits.
Result<std::string> open_token_file(const std::string& path,
                                    std::string_view prefix,
                                    Random& random);

}  // namespace tusker::server
