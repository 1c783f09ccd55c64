#include "api/creation_of_cluster.h"
#include "api/generated/handlers.h"

namespace tusker::api::handlers {

Result<Answer> create_instance(const CreateInstanceRequest& request, Call& call) {
  return create_from<answer::CreateInstanceResponse>(request, call);
}

}  // namespace tusker::api::handlers
