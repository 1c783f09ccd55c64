#pragma once

#include <cstdint>
#include <string>

#include "base/log.h"
#include "control/journal.h"
#include "model/model.h"
#include "net/event_loop.h"

namespace tusker::server {

// Keeps the model's bundle rows equal to what lies in the blob folder: `tusker bundle build` and
// `import` write there, with the index last, also while the server runs. Looks once a second, by
// the index's time stamp. Loop thread only.
class BundleRegistry {
 public:
  BundleRegistry(
      std::string folder, const Model& model, Journal& journal, EventLoop& loop, Log log);

  // Reads the index now. A folder without one has no bundles. Corrupt: the index is not one; the
  // rows stay as they are.
  Status refresh();

 private:
  void look();

  std::string folder_;
  const Model& model_;
  Journal& journal_;
  EventLoop& loop_;
  Log log_;
  std::int64_t seen_ns_ = -1;  // modification time of the index that was read last
  std::uint64_t seen_inode_ = 0;
  Timer next_;
};

}  // namespace tusker::server
