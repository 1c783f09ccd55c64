#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"

namespace tusker {

// A request that is wrong: InvalidArgument, with the API's documented code for it.
template <typename... Args>
Error invalid(std::string_view api_code, fmt::format_string<Args...> format, Args&&... args) {
  return Error::make(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...)
      .with_api_code(api_code);
}

}  // namespace tusker
