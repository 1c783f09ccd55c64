#include "api/client_token.h"

#include "api/generated/error_codes.h"

namespace tusker::api {

Repeatable::Repeatable(const std::optional<std::string>& token, const Call& call)
    : use_{call.caller.account, token.value_or(""), call.parameters_digest} {}

Result<std::optional<Answer>> Repeatable::earlier(const Call& call) const {
  if (use_.token.empty()) return std::optional<Answer>();
  Result<std::optional<std::string>> answer =
      earlier_answer(call.services.model, use_, call.services.clock.wall());
  if (!answer.ok())
    return std::move(answer).error().with_api_code(code::kInvalidParameter_InvalidClientToken);
  return *answer ? std::optional<Answer>(Answer{std::move(**answer)}) : std::nullopt;
}

std::optional<ClientTokenAnswer> Repeatable::remembered(const Answer& answer) const {
  if (use_.token.empty()) return std::nullopt;
  return ClientTokenAnswer{use_, answer.text};
}

}  // namespace tusker::api
