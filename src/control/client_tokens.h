#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "model/model.h"
#include "store/change.h"

namespace tusker {

// How long an answer is kept for its ClientToken. The public API promises 5 minutes at least; a
// client that retries over a restart of its own machine gets more.
constexpr std::chrono::minutes kClientTokenKept{30};

// One use of a token: who, which, and the digest of the request's body without what changes between
// retries.
struct ClientTokenUse {
  std::uint64_t account = 0;
  std::string token;
  std::string body_digest;
};

// A use with the answer it is about to get: recorded in the Change that does what was asked.
struct ClientTokenAnswer {
  ClientTokenUse use;
  std::string response;  // as answered, without RequestId
};

// The answer given before to the same token and body; nothing when the token is new or its answer
// has expired. InvalidArgument: it was used with another body.
Result<std::optional<std::string>> earlier_answer(const Model& model,
                                                  const ClientTokenUse& use,
                                                  WallTime wall);

Change remember_answer(const ClientTokenAnswer& answer, WallTime wall);

// Drops what has expired.
Change forget_expired_tokens(const Model& model, WallTime wall);

}  // namespace tusker
