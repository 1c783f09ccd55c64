#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/artifact_store.h"
#include "agent/host_layout.h"
#include "agent/netlink.h"
#include "agent/runc.h"
#include "agent/services.h"
#include "base/process.h"
#include "base/result.h"
#include "proto/link.pb.h"

namespace tusker {

// What making nodes needs, for the life of the agent.
struct NodeTools {
  const HostLayout& host;
  ProcessRunner& runner;
  ArtifactStore& artifacts;
  const Runc& runc;
  OomRange oom;
  std::uint64_t max_nofile = 0;  // hard limit of this process: runc cannot give more
};

// One node as it shall be, complete.
struct NodeOrder {
  link::Node node;
  Ipv4Network subnet;
  std::map<std::string, Artifact> artifacts;  // those that the node names, by digest

  // Refuses what no host could make, before anything is touched.
  Status check() const;
};

struct NodeMade {
  std::shared_ptr<Container> container;  // null when it does not run
  std::string files_digest;              // of the rendered files in force
  std::optional<link::Failure> failure;  // why the order is not fulfilled
};

// The node is as ordered, or the failure says what stands in the way. A container that runs is left
// alone: its files, roles and tasks are brought up to date. Without one, everything but the disks
// is made anew. Can be cut off anywhere and called again. Blocks; one call at a time per node.
NodeMade make_node(const NodeTools& tools, const NodeOrder& order);

// Nothing of the node is left but its logs. Idempotent.
Status remove_node(const HostLayout& host, const Runc& runc, const std::string& id);

}  // namespace tusker
