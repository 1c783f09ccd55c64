#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/call_counts.h"
#include "api/common_parameters.h"
#include "api/node_stream.h"
#include "api/rate_limiter.h"
#include "api/request.h"
#include "api/verifier.h"

namespace tusker::api {

struct ApiOptions {
  bool rate_limit = true;
  std::string region = "ap-guangzhou";  // of calls that name none
};

// The public API: one HTTP request in, one answer out. Knows no sockets.
//
// Checks in the order of docs/reference/wire-protocol.md 7: protocol, size, action and version,
// signature, rate, permission, parameters; then calls the action's handler. Loop thread only; what
// it is given outlives it. Keeps no state that a crash could lose.
class ApiService {
 public:
  ApiService(Services services, ApiOptions options);

  // Calls back exactly once, mostly before it returns. The answer leaves only when
  // reply.after_commit is durable.
  void handle(const ApiRequest& request, ReplyCallback done);

  // The signed GET /stream: who may ask what of which host. On failure the Error is for
  // reply_for().
  Result<NodeStream> open_stream(const ApiRequest& request);

  // An answer for a request that never came this far, such as one the network found too large.
  ApiReply reply_for(const Error& error);

  // Of handle() and open_stream().
  const CallCounts& calls() const { return calls_; }

 private:
  struct Incoming;

  Status check_transport(const ApiRequest& request) const;
  Result<const ActionInfo*> route(const ApiRequest& request, const CommonParameters& common) const;
  Status authenticate(const ApiRequest& request, Incoming& incoming);
  void note_use(const store::AccessKey& key);
  Status admit(Incoming& incoming);
  Status read_body(const ApiRequest& request, Incoming& incoming) const;
  Status prepare(const ApiRequest& request, Incoming& incoming);
  void run(Incoming& incoming, ReplyCallback done);
  void count(const ActionInfo* action, const Error* error);
  void record(const ActionInfo& action, const Call& call, const Status& outcome);

  Services services_;
  ApiOptions options_;
  SignatureVerifier verifier_;
  RateLimiter limiter_;
  CallCounts calls_;
};

}  // namespace tusker::api
