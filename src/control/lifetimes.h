#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "control/flow.h"
#include "model/model.h"

namespace tusker {

// Finds the clusters that are to be terminated since they are too old, or have been idle for too
// long (plan/lifetime.h).
//
// A cluster is idle while no flow and no job runs on it, its components say so (`idle` in their
// definitions, such as no application in YARN), and nobody opens a stream to it. What is not
// reported is not idle. Since when it is idle is not stored: that begins anew with the server. Loop
// thread only; model and rules outlive it.
class Lifetimes {
 public:
  struct Due {
    std::string cluster_id;
    std::string reason;  // "it was idle for 30 min"
  };

  Lifetimes(const Model& model, const ClusterRules& rules) : model_(model), rules_(rules) {}

  // A cluster's row may have changed.
  void note(const std::string& cluster_id);
  // Somebody uses it now.
  void used(const std::string& cluster_id, Time now);
  // Whether there is anything to look at from time to time.
  bool any() const { return !limited_.empty(); }

  std::vector<Due> due(Time now, WallTime wall);

 private:
  bool is_idle(const store::Cluster& cluster) const;

  const Model& model_;
  const ClusterRules& rules_;
  std::set<std::string> limited_;
  std::map<std::string, Time> busy_until_;  // of those that have been looked at
};

}  // namespace tusker
