#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "model/model.h"

namespace tusker {

// What HDFS still has to do before nodes can leave it, as its NameNode tells.
struct DrainWork {
  std::uint64_t blocks = 0;  // to copy
  // Of files that are still being written: they move when those are closed.
  std::uint64_t open_blocks = 0;
  std::string open_files;  // their paths, some; empty if not known
};
// Nothing: it has no NameNode, or that tells nothing. Pure.
std::optional<DrainWork> drain_work(const Model& model, const std::string& cluster_id);

// How fast a number falls, over the last ten seconds.
class FallRate {
 public:
  void saw(Time now, std::uint64_t number);
  // Nothing: it has not fallen.
  std::optional<double> per_second() const;

 private:
  std::deque<std::pair<Time, std::uint64_t>> seen_;
};

// "HDFS has 35 blocks to copy, 12 a second; "; empty when there is nothing to say. Pure.
std::string drain_text(const store::Cluster& cluster,
                       const DrainWork& work,
                       std::optional<double> per_second);

}  // namespace tusker
