#include "api/creation_of_cluster.h"
#include "api/generated/handlers.h"

namespace tusker::api::handlers {

Result<Answer> create_cluster(const CreateClusterRequest& request, Call& call) {
  return create_from<answer::CreateClusterResponse>(request, call);
}

}  // namespace tusker::api::handlers
