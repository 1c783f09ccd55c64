#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "base/result.h"

namespace tusker::cli {

// Who the server is while it runs: user `tusker` if the machine has that account, else an
// unprivileged number without one, between 61200 and 61999, that is always the same for this data
// folder. Never makes an account.
std::pair<uid_t, gid_t> service_user(const std::string& data);

}  // namespace tusker::cli
