#pragma once

#include <atomic>

#include "agent/blob_source.h"
#include "agent/server_port.h"

namespace tusker {

// The server's blobs: GET /blob/DIGEST, each on a connection of its own.
class ServerBlobs final : public BlobSource {
 public:
  explicit ServerBlobs(ServerPort server) : server_(std::move(server)) {}

  Status fetch(const std::string& digest,
               int file,
               const std::function<void(std::uint64_t)>& progress) override;
  // Ends every fetch that is under way within a second, and any later one at once. Any thread.
  void stop() { stopped_ = true; }

 private:
  const ServerPort server_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace tusker
