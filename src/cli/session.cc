#include "cli/session.h"

#include "cli/exit_codes.h"

namespace tusker::cli {

Result<ApiClient> Session::client(const std::string& data) const {
  TK_TRY(Access access, find_access(environment, data));
  return ApiClient(std::move(access), clock, post);
}

int report(Session& session, const Status& status) {
  if (status.ok()) return kDone;
  session.console.error(status.error().message());
  return exit_code_of(status.error());
}

}  // namespace tusker::cli
