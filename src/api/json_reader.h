#pragma once

#include <string_view>

#include "api/arena.h"
#include "api/value.h"
#include "base/result.h"

namespace tusker::api {

// Limits of what one request may make us build, whatever its bytes.
inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxValues = 50'000;

// The object that a JSON body holds (RFC 8259, UTF-8 only, nothing after it). Empty text is an
// empty object. Duplicate names are kept: the decoder refuses them by name. Texts borrow from
// `body` where they have no escapes.
//
// InvalidArgument says at which byte and why: not JSON, not an object, deeper than kMaxDepth, more
// than kMaxValues values.
Result<const Value*> read_json(std::string_view body, Arena& arena);

}  // namespace tusker::api
