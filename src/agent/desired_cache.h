#pragma once

#include <optional>
#include <string>

#include "agent/host_layout.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// The newest desired state, kept in a file of mode 0600 (it holds secrets), so that nodes come back
// after a reboot without the server, and an older one is refused even then. Blocks.
Status save_desired(const HostLayout& host, const link::Desired& desired);
// Nothing: none was ever saved. Corrupt: it cannot be read.
Result<std::optional<link::Desired>> load_desired(const HostLayout& host);

// Whether `a` was desired before `b`.
bool is_older(const link::Generation& a, const link::Generation& b);

}  // namespace tusker
