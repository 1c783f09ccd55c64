#pragma once

#include <string>
#include <vector>

#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// What must be observed, beyond every role being ready, before a cluster counts as complete: some
// process of `role` reports `fact` with this value. Such as NameNode, NumLiveDataNodes, "2".
struct Condition {
  std::string role;
  std::string fact;
  std::string equals;
  friend bool operator==(const Condition&, const Condition&) = default;
};

// The conditions of a cluster that has exactly these nodes; nodes that are being removed do not
// count.
std::vector<Condition> complete_conditions(const Definitions& definitions,
                                           const store::Cluster& cluster,
                                           const std::vector<store::Node>& nodes);

}  // namespace tusker
