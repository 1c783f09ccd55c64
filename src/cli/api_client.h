#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/credentials.h"

namespace tusker::cli {

inline constexpr std::string_view kPublicVersion = "2019-01-03";
inline constexpr std::string_view kOwnVersion = "2026-11-01";

// What the server answered with instead of a result.
struct ApiFailure {
  std::string code;  // "ResourceInUse.InstanceInProcess"
  std::string message;
  std::string request_id;
};

// "message (code, request id)" as an Error; its code tells callers of missing clusters (NotFound)
// and running flows (Busy) apart from the rest.
Error to_error(const ApiFailure& failure);

struct HttpExchange {
  std::string host;
  std::uint16_t port = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Duration timeout = std::chrono::seconds(60);
};

struct HttpOutcome {
  int status = 0;
  std::string body;
};

// Carries one POST to the server and its answer back. Blocks. Unavailable when there is no server.
using HttpPost = std::function<Result<HttpOutcome>(const HttpExchange&)>;

// The real one, over src/net.
HttpPost network_post();

// Calls actions of the API, signed with TC3, as any other client does: it knows no action's types.
// Blocks. One thread.
class ApiClient final {
 public:
  ApiClient(Access access, const Clock& clock, HttpPost post = network_post());

  // The fields of "Response". `action` is of the public version unless only ours has it.
  Result<boost::json::object> call(std::string_view action,
                                   const boost::json::object& parameters) const;

  // The same, with what the server answered in place of a result kept apart from faults on the way
  // to it.
  struct Answer;
  Result<Answer> ask(std::string_view action, const boost::json::object& parameters) const;

  // Of every later call. 60 s unless said: clients of this API wait that long.
  void set_timeout(Duration timeout) { timeout_ = timeout; }
  const Access& access() const { return access_; }
  const Clock& clock() const { return clock_; }

 private:
  Access access_;
  const Clock& clock_;
  HttpPost post_;
  Duration timeout_ = std::chrono::seconds(60);
};

// A failure of the way to the server, which may be over at the next try; anything else is final.
bool may_pass(const Error& error);

// The version that has this action: ours for our own few, the public one for everything else.
std::string_view version_of(std::string_view action);

}  // namespace tusker::cli
