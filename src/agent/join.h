#pragma once

#include <functional>
#include <string>

#include "agent/identity.h"
#include "base/result.h"

namespace tusker {

// Makes this machine a host of the installation that the token is of: a key that never leaves it, a
// certificate from the server.
//
// The token names the server's authority by its fingerprint, so it is not sent to anybody else.
// Blocks: a worker thread; `cancelled` is asked about four times a second. Unavailable,
// DeadlineExceeded: try again. PermissionDenied: the token is not the server's, or the server not
// the token's. A join whose answer is lost leaves a host at the server that never connects.
Result<AgentIdentity> join_installation(const std::string& server,
                                        const std::string& token_file,
                                        const std::string& host_name,
                                        const std::function<bool()>& cancelled);

}  // namespace tusker
