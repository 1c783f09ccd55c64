#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "model/clock_watch.h"
#include "proto/link.pb.h"

namespace tusker {

// What one host's agent has said since the server started. Never stored: an agent says it all anew
// at every connection.
struct ObservedHost {
  bool connected = false;
  Time last_heard{};   // of any frame; meaningless while `heard` is false
  bool heard = false;  // at all since the server started
  ClockWatch clock;
  bool reported =
      false;  // `nodes` is what exists there: an Observed has come since the last connection began
  std::string version;  // of the agent's program
  std::string boot_id;
  link::HostFacts facts;
  link::Generation seen;
  std::map<std::string, link::NodeStatus, std::less<>>
      nodes;                               // by node id, also of nodes that we do not know
  std::vector<std::string> orphans;        // node ids that wait for `tusker host clean`
  std::vector<link::Orphan> orphan_facts;  // of those of them that were looked at
  std::vector<link::ArtifactStatus> artifacts;
  std::vector<link::KeptLogs> kept_logs;  // of nodes that are gone from there
};

}  // namespace tusker
