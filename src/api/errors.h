#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/result.h"

namespace tusker::api {

// The code that the public API answers for an error: its own documented one, or the common one of
// its kind.
std::string_view api_code_of(const Error& error);

// An error with a documented code of the public API, a literal of generated/error_codes.h.
template <typename... Args>
Error api_error(std::string_view api_code, fmt::format_string<Args...> format, Args&&... args) {
  return Error::make(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...)
      .with_api_code(api_code);
}

// UnsupportedOperation, of a parameter that has no effect here.
Error not_supported(std::string_view parameter, std::string_view why);

}  // namespace tusker::api
