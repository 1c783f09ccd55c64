#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tusker::api {

// Appends one JSON value to a text. No tree is built: an answer is written once, front to back.

// Quoted and escaped (RFC 8259); bytes that are not UTF-8 become U+FFFD, one for each.
void append_json(std::string& out, std::string_view text);
void append_json(std::string& out, std::int64_t number);
void append_json(std::string& out, std::uint64_t number);
void append_json(std::string& out,
                 double number);  // shortest that reads back; NaN and infinities are 0
void append_json(std::string& out, bool value);

}  // namespace tusker::api
