#pragma once

#include <string>

#include "base/process.h"
#include "base/result.h"

namespace tusker {

// A squashfs node image of this machine's own shell, s6 and few tools, with the test daemon at
// /bin/test_daemon and users hadoop (61101) and tusker (61103), in `folder` under its digest, which
// is returned. Made once per folder.
Result<std::string> make_test_image(const std::string& folder, ProcessRunner& runner);

}  // namespace tusker
