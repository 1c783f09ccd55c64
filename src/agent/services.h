#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "agent/image_users.h"
#include "agent/s6.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// What users run in a node, as programs or as steps of a job, ends before any role when memory runs
// out: roles ask for less.
constexpr int kUsersOomScore = 500;

// How much lower than its default this host may set oom_score_adj; nodes' roles keep their order
// whatever it is.
struct OomRange {
  int lowest_allowed = 0;  // -1000 with CAP_SYS_RESOURCE
  static OomRange of_this_process();
  // What a role of this node that asked for `wanted` gets: all are shifted up so that the node's
  // lowest is allowed.
  int adjusted(int wanted, const link::Node& node) const;
  int lowest(const link::Node& node) const;
};

// The service folders of a node's roles say what is desired: scripts are rewritten in place, and
// take effect when a role starts the next time; roles that are not desired any more end. Works the
// same whether the node runs or is about to. Idempotent.
Status write_role_services(const NodeLayout& node,
                           const link::Node& desired,
                           const ImageUsers& users,
                           const OomRange& oom);

// One look at a role's service.
struct RoleService {
  std::optional<SupervisedState> supervised;  // nothing: its supervisor has not begun
  std::uint32_t starts = 0;                   // of the process, since the container was made
  std::optional<int> last_exit;               // of its last end
  std::uint32_t restart_serial = 0;           // carried out
  std::uint32_t starts_before = 0;            // of them, when an operator had it started last
  bool restarting = false;                    // the process is the one that a restart ends
};
RoleService read_role_service(const NodeLayout& node, const std::string& role);

// Sends what is missing between what a role does and what is wanted of it: up, down, one restart.
// To be called again until nothing is missing; does not block.
void steer_role(const NodeLayout& node, const link::Role& desired, const RoleService& seen);

}  // namespace tusker
