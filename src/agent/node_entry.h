#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/node_maker.h"
#include "agent/node_observer.h"
#include "agent/role_probes.h"
#include "agent/role_reload.h"
#include "net/event_loop.h"
#include "proto/link.pb.h"

namespace tusker {

// What the agent knows of one node: what it shall be, what was made of it, what was seen last.
// Belongs to the loop.
struct NodeEntry {
  std::string id;
  std::shared_ptr<const NodeOrder> wanted;  // null: not desired
  bool removing = false;                    // told to remove it
  bool removed = false;                     // nothing of it is left
  bool busy = false;                        // a job of it is with the workers

  std::shared_ptr<const NodeOrder> made;  // the order that is fulfilled
  std::shared_ptr<Container> container;
  bool lost = false;  // its container went away by itself and is not back yet
  std::string files_digest;
  std::optional<link::Failure> failure;
  int failures = 0;  // in a row
  Timer retry;

  std::shared_ptr<NodeObserver> observer;  // of `made` and `container`
  NodeView view;
  struct Probing {
    std::uint32_t start = 0;  // of which start of the role
    std::string definition;
    std::unique_ptr<RoleProbes> probes;
    std::unique_ptr<RoleReload> reload;  // null: the role has none
  };
  std::map<std::string, Probing> probing;  // roles whose process runs
  std::map<std::string, Time> task_seen;   // running since
};

// As it is told to the server.
link::NodeStatus status_of(const NodeEntry& entry);
link::RoleStatus role_status(const NodeEntry& entry, const link::Role& role);

// It is there, and nobody says that it shall be or that it shall go.
bool is_orphan(const NodeEntry& entry);

// The node is what it shall be, and the files of its order are in force.
bool is_fulfilled(const NodeEntry& entry);

// Nothing is about to change by itself: every role is as wanted and no task is unfinished.
bool is_settled(const NodeEntry& entry);

// Whether two orders mean the same node.
bool same_order(const NodeOrder& a, const NodeOrder& b);

}  // namespace tusker
