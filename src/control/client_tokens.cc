#include "control/client_tokens.h"

#include "base/encoding.h"

namespace tusker {
namespace {

std::string id_of(const ClientTokenUse& use) {
  return fmt::format("{}:{}", use.account, use.token);
}

}  // namespace

Result<std::optional<std::string>> earlier_answer(const Model& model,
                                                  const ClientTokenUse& use,
                                                  WallTime wall) {
  const store::ClientToken* row = model.client_token(id_of(use));
  if (row == nullptr || row->expires_wall_ms() <= wall.ms) return std::optional<std::string>();
  if (row->body_digest() == use.body_digest) return std::optional(row->response());
  return Error::make(ErrorCode::InvalidArgument,
                     "ClientToken \"{}\" was used with another request within the last {} minutes: "
                     "expected the same body, or "
                     "another token",
                     cut_text(use.token, 64),
                     kClientTokenKept.count())
      .with_api_code("InvalidParameter.InvalidClientToken");
}

Change remember_answer(const ClientTokenAnswer& answer, WallTime wall) {
  store::ClientToken row;
  row.set_body_digest(answer.use.body_digest);
  row.set_response(answer.response);
  row.set_expires_wall_ms(wall.ms + std::chrono::milliseconds(kClientTokenKept).count());
  Change change;
  change.put(id_of(answer.use), std::move(row));
  return change;
}

Change forget_expired_tokens(const Model& model, WallTime wall) {
  Change change;
  for (const auto& [id, row] : model.client_tokens()) {
    if (row.expires_wall_ms() <= wall.ms) change.remove(store::CLIENT_TOKEN, id);
  }
  return change;
}

}  // namespace tusker
