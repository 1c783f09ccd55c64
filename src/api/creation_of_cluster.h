#pragma once

#include <optional>
#include <utility>

#include "api/client_token.h"
#include "api/create_input.h"
#include "api/generated/types.h"

namespace tusker::api {

// Starts the create; on success the plan's cluster is recorded, and so visible to
// DescribeInstances.
Status record_creation(ClusterPlan plan,
                       const Repeatable& repeatable,
                       const Answer& answer,
                       Call& call);

// Both generations' create: the cluster that the request asks for, or the answer that its token got
// before.
template <typename Response, typename Request>
Result<Answer> create_from(const Request& request, Call& call) {
  const Repeatable repeatable(request.client_token, call);
  TK_TRY(std::optional<Answer> earlier, repeatable.earlier(call));
  if (earlier) return *std::move(earlier);

  TK_TRY(ClusterPlan plan, plan_from(request, call));
  call.cluster_id = plan.cluster.id();
  Response response;
  response.instance_id = call.cluster_id;
  Answer answer;
  encode(response, answer.text);
  // Recorded before this returns: Terraform takes an empty list for success.
  TK_TRY_VOID(record_creation(std::move(plan), repeatable, answer, call));
  return answer;
}

}  // namespace tusker::api
