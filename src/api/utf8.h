#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tusker::api {

// Length in bytes of the well-formed UTF-8 sequence (RFC 3629) at the start of a text that is not
// empty; 0 when there is none.
std::size_t utf8_sequence(std::string_view text);

bool is_utf8(std::string_view text);

// Number of characters (code points) of a well-formed text.
std::size_t utf8_length(std::string_view text);

// A to Z become a to z, everything else stays.
std::string in_lower_case(std::string_view text);

}  // namespace tusker::api
