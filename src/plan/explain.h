#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// Where one value of one node's configuration comes from.
struct Explanation {
  std::string file;
  std::string key;
  std::string value;
  std::string layer;       // default, release, sizing, cluster, group, node
  std::string formula;     // as written in the definition, or empty
  std::string inputs;      // the formula's facts with their values: "core_nodes=2"
  std::string start_only;  // not empty: why it acts only while a cluster starts or is empty
  std::vector<std::string> covered;  // what lower layers said: "default 3"
};

// NotFound for a key that this node's files do not have, with the nearest that they do. Pure.
Result<Explanation> explain(const Definitions& definitions,
                            const store::Cluster& cluster,
                            const std::vector<store::Node>& nodes,
                            const store::Node& node,
                            std::string_view key);

}  // namespace tusker
