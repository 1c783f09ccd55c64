#include "api/find_cluster.h"

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "model/cluster_status.h"
#include "model/model.h"
#include "model/transitions.h"

namespace tusker::api {

Result<const store::Cluster*> find_cluster(const Call& call,
                                           std::string_view id,
                                           std::string_view missing) {
  if (!is_cluster_id(id)) {
    return api_error(code::kInvalidParameter_InvalidInstanceName,
                     "InstanceId is \"{}\"; expected emr- and 8 lower-case letters or digits, as "
                     "DescribeInstances "
                     "lists them",
                     cut_text(id, 64));
  }
  const store::Cluster* const cluster = call.services.model.cluster(id);
  if (cluster == nullptr || cluster->account() != call.caller.account) {
    return api_error(
        missing, "there is no cluster {}; DescribeInstances lists those that exist", id);
  }
  return cluster;
}

Result<const store::Cluster*> find_live_cluster(const Call& call,
                                                std::string_view id,
                                                std::string_view missing) {
  TK_TRY(const store::Cluster* const cluster, find_cluster(call, id, missing));
  if (has_ended(cluster->state())) {
    return api_error(missing, "cluster {} has ended: {}", id, status_text(*cluster));
  }
  return cluster;
}

bool may_see(const Model& model, const Caller& caller, std::string_view cluster_id) {
  const store::Cluster* const cluster = model.cluster(cluster_id);
  return cluster == nullptr || cluster->account() == caller.account;
}

Status check_means_cluster(const std::optional<std::string>& resource_base_type,
                           const std::optional<std::string>& compute_resource_id) {
  if (resource_base_type.value_or("EMR") == "EMR" && compute_resource_id.value_or("").empty())
    return ok_status();
  return api_error(code::kUnsupportedOperation_ServiceNotSupport,
                   "ResourceBaseType: compute resources are not built yet; leave it and "
                   "ComputeResourceId out");
}

}  // namespace tusker::api
