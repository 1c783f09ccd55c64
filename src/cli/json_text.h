#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tusker::cli {

// Strict JSON of at most 32 levels, as one value. `what` names the text in the error ("parameters
// of DescribeInstances").
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

// Indented by two spaces, keys in the order in which they came, a line end at the end.
std::string pretty_json(const boost::json::value& value);

// Reading answers: a field that is absent, null or of another type reads as empty, 0, false.
// Servers of other versions leave fields out.
std::string text_at(const boost::json::object& object, std::string_view key);
std::int64_t integer_at(const boost::json::object& object, std::string_view key);
bool flag_at(const boost::json::object& object, std::string_view key);
const boost::json::array& array_at(const boost::json::object& object, std::string_view key);
const boost::json::object& object_at(const boost::json::object& object, std::string_view key);

}  // namespace tusker::cli
