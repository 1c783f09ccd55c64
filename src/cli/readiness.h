#pragma once

#include <string>

#include "base/result.h"
#include "cli/session.h"

namespace tusker::cli {

// How far an installation on this machine has come.
struct Readiness {
  bool server = false;       // answers signed requests
  bool agent = false;        // a host is connected to it
  std::string endpoint;      // once known
  std::string waiting_for;   // "the server to answer", for people
  bool has_bundles = false;  // once ready
};

// Asks the server once; takes at most a second.
Readiness probe_readiness(const Session& session, const std::string& data);

}  // namespace tusker::cli
