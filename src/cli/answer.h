#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "cli/api_client.h"

namespace tusker::cli {

// A well-formed answer: of success, or with the failure that the server names.
struct ApiClient::Answer {
  boost::json::object response;  // the content of "Response"
  std::optional<ApiFailure> failure;
};

}  // namespace tusker::cli
