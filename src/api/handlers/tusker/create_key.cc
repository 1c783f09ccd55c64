#include <algorithm>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/controller.h"

namespace tusker::api::handlers {
namespace {

// Printable everywhere, a file's name too, and never taken for an option.
bool is_key_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '@' || c == '-';
  };
  return !name.empty() && name.front() != '-' && std::ranges::all_of(name, fits);
}

}  // namespace

// The secret is in this answer and, sealed, in the key's row: nothing of it is in the operation
// log, and no token makes the server keep the answer.
Result<Answer> create_key(const CreateKeyRequest& request, Call& call) {
  if (!is_key_name(request.name)) {
    return api_error(code::kInvalidParameterValue,
                     "Name is a label of letters, digits and . _ @ -, which does not begin with -");
  }
  Result<NewKey> made = call.services.controller.create_key(request.name,
                                                            request.read_only.value_or(false),
                                                            call.caller.account,
                                                            {call.caller.secret_id, call.peer});
  if (!made.ok()) return std::move(made).error().with_api_code(code::kLimitExceeded);
  answer::CreateKeyResponse response;
  response.secret_id = made->row.secret_id();
  response.secret_key = made->secret_key;
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
