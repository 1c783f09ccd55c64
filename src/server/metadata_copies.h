#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/log.h"
#include "control/controller.h"
#include "model/model.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"
#include "server/node_call.h"
#include "server/stream_relay.h"

namespace tusker::server {

// Carries copies of clusters' metadata: from their nodes to DATA/server/metadata/CLUSTER/DIGEST as
// often as the definitions say, before a scale in and when somebody asks; and back, for a restore.
//
// The rows say what is wanted and what there is (control/metadata.h). Files that no row names are
// removed before the next copy of their cluster, so a crash leaves none for long, and all of a
// cluster's when it has ended. One copy a cluster at a time, and four in all. Loop thread only;
// everything in Parts outlives it.
class MetadataCopies {
 public:
  struct Parts {
    EventLoop& loop;
    const Model& model;
    Controller& controller;
    StreamRelay& streams;
    std::string folder;  // DATA/server/metadata; made when the first copy comes
    Log log;
  };
  explicit MetadataCopies(Parts parts);
  ~MetadataCopies();
  MetadataCopies(const MetadataCopies&) = delete;
  MetadataCopies& operator=(const MetadataCopies&) = delete;

 private:
  class Incoming;
  class Outgoing;

  void look();
  // `by_age`: also when nobody asked for a copy.
  void look_at(const store::Cluster& cluster, bool by_age);
  bool is_due(const store::Cluster& cluster, const MetadataDefinition& metadata);
  bool waits(const std::string& cluster_id) const;
  void save(const store::Cluster& cluster, const MetadataHolder& source);
  void saved(const std::string& cluster_id, std::uint32_t keep, Result<store::MetadataCopy> copy);
  void restore(const store::Cluster& cluster, const store::Flow& flow);
  void set_aside(const std::string& cluster_id, FlowId flow, std::vector<MetadataHolder> followers);
  void restored(const std::string& cluster_id,
                FlowId flow,
                const std::string& stage,
                const Status& status);
  void call(const std::string& cluster_id, NodeCall::Request request, NodeCall::Ended ended);
  void remove_ended();
  void remove_unnamed(const store::Cluster& cluster);

  Parts parts_;
  WorkerPool disk_;                                         // for fsync
  std::map<std::string, std::shared_ptr<NodeCall>> calls_;  // by cluster
  std::set<std::string> folders_;                           // of these clusters there may be files
  std::map<std::string, Time> not_before_;                  // of clusters whose last attempt failed
  std::map<std::string, std::uint64_t> tried_;              // the number of the last attempt
  Timer next_;
  Time next_by_age_{};
};

}  // namespace tusker::server
