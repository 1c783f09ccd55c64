#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/configuration.h"
#include "plan/definitions.h"
#include "plan/java.h"
#include "proto/store.pb.h"

namespace tusker {

struct RenderedFile {
  std::string path;  // below /etc/tusker/current
  std::string content;
  std::uint32_t mode = 0644;
};

// What rendering needs besides a cluster's rows.
struct RenderInput {
  const Definitions& definitions;
  const store::Cluster& cluster;
  const std::vector<store::Node>&
      nodes;  // all of the cluster; those being removed are left out of hosts and topology
  const GivenSettings& given;
  const std::vector<JavaBundle>& bundles;    // of this node
  std::map<std::string, std::string> racks;  // host id -> /rack/host
};

// The whole /etc/tusker/current of one node, sorted by path: settings files, argument files of
// JVMs, hosts, topology, includes and excludes, bin/ and, on a node with the seed of a NameNode,
// its image. Pure.
Result<std::vector<RenderedFile>> render_node(const RenderInput& input, const store::Node& node);

// "/rack/host" for a host's row, with what topology cannot hold replaced by '-'.
std::string topology_path(const store::Host& host);

// Where the seed of a directory is among a node's files.
inline constexpr std::string_view kNamenodeImageFile = "seed/namenode-image.tar";

}  // namespace tusker
