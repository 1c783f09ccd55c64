#pragma once

#include <optional>

#include "api/action.h"
#include "api/call.h"
#include "base/result.h"
#include "control/client_tokens.h"

namespace tusker::api {

// A request that may come twice: by its ClientToken, or not at all.
class Repeatable {
 public:
  Repeatable(const std::optional<std::string>& token, const Call& call);

  // The answer that this token got before, if it did. InvalidParameter.InvalidClientToken: another
  // request had it.
  Result<std::optional<Answer>> earlier(const Call& call) const;

  // To be recorded with what the request does; nothing without a token.
  std::optional<ClientTokenAnswer> remembered(const Answer& answer) const;

 private:
  ClientTokenUse use_;
};

}  // namespace tusker::api
