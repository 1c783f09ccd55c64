#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "model/model.h"

namespace tusker {

// What is still to be done before nodes can leave, as NameNode and ResourceManager tell.
struct DrainWork {
  std::optional<std::uint64_t> blocks = {};  // for HDFS to copy; nothing: nobody tells
  // Of files that are still being written: they move when those are closed.
  std::uint64_t open_blocks = 0;
  std::string open_files = {};  // their paths, some; empty if not known
  // That run, while nodes leave YARN: it keeps a node for those that ran something there.
  std::uint64_t applications = 0;
  std::string application = {};  // one of them, its id and name; empty if not known
};
// Pure.
DrainWork drain_work(const Model& model, const std::string& cluster_id);

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
