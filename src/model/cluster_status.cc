#include "model/cluster_status.h"

namespace tusker {

int api_status_of(const store::Cluster& cluster) {
  switch (cluster.state()) {
    case store::Cluster::CREATING:
      return api_status::kCreating;
    case store::Cluster::RUNNING:
      return api_status::kRunning;
    case store::Cluster::TERMINATING:
      return api_status::kTerminating;
    case store::Cluster::TERMINATED:
      return api_status::kTerminated;
    case store::Cluster::CREATE_FAILED:
      return api_status::kCreateFailed;
    case store::Cluster::SCALING_OUT:
      return api_status::kScalingOut;
    case store::Cluster::SCALING_IN:
      return api_status::kScalingIn;
    default:
      break;
  }
  TK_CHECK(false, "cluster {} has no state", cluster.id());
}

std::string_view status_text(const store::Cluster& cluster) {
  switch (api_status_of(cluster)) {
    case api_status::kRunning:
      return cluster.stopped() ? "stopped" : "running";
    case api_status::kCreating:
      return "creating";
    case api_status::kTerminating:
      return "terminating";
    case api_status::kTerminated:
      return "terminated";
    case api_status::kCreateFailed:
      return "create failed";
    case api_status::kScalingOut:
      return "scaling out";
    case api_status::kScalingIn:
      return "scaling in";
    default:
      return "unknown";
  }
}

}  // namespace tusker
