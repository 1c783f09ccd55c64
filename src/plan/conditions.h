#pragma once

#include <string>
#include <vector>

#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// What must be observed of a cluster as a whole: some process of `role` reports `fact`, and it
// compares with `value`. Such as NameNode, NumLiveDataNodes, 2 or more.
struct Condition {
  enum class Compare { Same, OrMore, OrLess };
  std::string role;
  std::string fact;
  std::string value;
  Compare compare = Compare::Same;

  // Facts that are no numbers are only ever the same.
  bool holds(const std::string& found) const;
  friend bool operator==(const Condition&, const Condition&) = default;
};
// "2 or more".
std::string to_text(const Condition& condition);

// What makes a cluster complete, beyond every role being ready, if it has exactly these nodes;
// those that are being removed do not count.
std::vector<Condition> complete_conditions(const Definitions& definitions,
                                           const store::Cluster& cluster,
                                           const std::vector<store::Node>& nodes);

// When the nodes that leave hold nothing any more that others do not have.
std::vector<Condition> drained_conditions(const Definitions& definitions,
                                          const store::Cluster& cluster,
                                          const std::vector<store::Node>& nodes);

// When the cluster works on nothing.
std::vector<Condition> idle_conditions(const Definitions& definitions,
                                       const store::Cluster& cluster,
                                       const std::vector<store::Node>& nodes);

}  // namespace tusker
