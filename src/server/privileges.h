#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace tusker::server {

// The server's folder exists, with mode 0700, and belongs to this user with all that it holds (a
// backup restored by root, an earlier start under another account). As root; before privileges are
// dropped.
Status own_folder(const std::string& folder, uid_t uid, gid_t gid);

// From here on the process is that user, without groups and without a way back. Core dumps are off:
// memory holds keys.
Status drop_privileges(uid_t uid, gid_t gid);

}  // namespace tusker::server
