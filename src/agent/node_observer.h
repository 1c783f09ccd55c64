#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "agent/runc.h"
#include "agent/services.h"
#include "base/clock.h"
#include "proto/link.pb.h"

namespace tusker {

// One look at a node that was made.
struct NodeView {
  struct RoleView {
    RoleService service;
    std::vector<std::string> log;  // last lines, when they may matter
    std::uint64_t memory_bytes = 0;
  };
  bool alive = false;  // its PID 1
  std::map<std::string, RoleView> roles;
  std::vector<link::TaskStatus> tasks;
  std::string roles_held;  // what_holds_roles()
  std::uint64_t memory_used = 0;
  std::uint64_t disk_used = 0;
};

// Looks at a node and sends its roles what is missing (steer_role). Reads small files only; starts
// no program. Keeps what costs more, and is asked for seldom, from look to look. Blocks for as long
// as a slow disk does: a thread of its own, one at a time.
class NodeObserver {
 public:
  NodeObserver(const HostLayout& host,
               const link::Node& desired,
               std::shared_ptr<Container> container);

  // `with_figures`: also count memory and disk, as the first look does anyway.
  NodeView look(WallTime now, bool with_figures);
  // The next look ends the task that took too long.
  const link::Node& desired() const { return desired_; }
  void end(const link::Task& task);

 private:
  NodeView::RoleView look_at(const link::Role& role, WallTime now);
  void count_figures(const NodeView& view);

  const NodeLayout node_;
  const link::Node desired_;
  const std::shared_ptr<Container> container_;
  std::map<std::string, std::uint64_t> role_memory_;
  std::uint64_t memory_used_ = 0;
  std::uint64_t disk_used_ = 0;
};

}  // namespace tusker
