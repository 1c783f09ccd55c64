#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/blob_source.h"
#include "agent/host_keeper.h"
#include "agent/host_layout.h"
#include "base/process.h"
#include "base/random.h"
#include "net/event_loop.h"
#include "proto/link.pb.h"

namespace tusker {

// Blobs from a folder of files named by digest.
class FolderBlobs final : public BlobSource {
 public:
  explicit FolderBlobs(std::string folder) : folder_(std::move(folder)) {}
  Status fetch(const std::string& digest,
               int file,
               const std::function<void(std::uint64_t)>& progress) override;

 private:
  const std::string folder_;
};

// A host of its own for one test on the real kernel: data and run folder below /tmp, a random host
// id, a subnet that follows from it, a small image made of this machine's shell and s6. The
// destructor purges it, so that a failed test leaves nothing either.
class TestHost {
 public:
  TestHost();
  ~TestHost();

  void start_keeper();  // as a new agent does
  void stop_keeper();   // as an agent that is killed: nodes are left alone
  HostKeeper& keeper() { return *keeper_; }

  // A node with the image, one disk of 64 MB, `files` and no role; `last` is the last byte of its
  // address's offset in the subnet.
  link::Node node(int last) const;
  // A role that runs the test daemon on a port and is ready when its bean says so.
  static link::Role daemon(const std::string& name, std::uint32_t port);
  // The newest generation, with these nodes.
  link::Desired desired(const std::vector<link::Node>& nodes);

  // Runs the loop until the condition holds; false after 20 s, with what was observed printed.
  bool run_until(const std::function<bool(const link::Observed&)>& condition);
  link::Observed observed() const { return keeper_->observed(); }

  // Everything on this machine that carries a name of this host: mounts, interfaces, cgroups,
  // rules, loop devices, files.
  std::vector<std::string> traces();

  const HostLayout& layout() const { return layout_; }
  const std::string& data() const { return data_; }
  const std::string& run_folder() const { return run_folder_; }
  ProcessRunner& runner() { return runner_; }
  EventLoop& loop() { return loop_; }
  std::string address(int last) const;

 private:
  std::string data_;
  std::string run_folder_;
  HostLayout layout_;
  SystemProcessRunner runner_;
  SystemRandom random_;
  std::unique_ptr<FolderBlobs> blobs_;
  EventLoop loop_;
  std::unique_ptr<HostKeeper> keeper_;
  std::uint64_t commit_ = 0;
};

// Of the node, or of its role, in what was observed; null if it is not there.
const link::NodeStatus* find_node(const link::Observed& observed, const std::string& id);
const link::RoleStatus* find_role(const link::Observed& observed,
                                  const std::string& id,
                                  const std::string& role);
const link::TaskStatus* find_task(const link::Observed& observed,
                                  const std::string& id,
                                  const std::string& task);
bool is_ready(const link::Observed& observed, const std::string& id, const std::string& role);
bool runs(const link::Observed& observed, const std::string& id);
// The container of a node that runs; 0: it does not.
pid_t container_pid(TestHost& host, const std::string& id);

}  // namespace tusker
