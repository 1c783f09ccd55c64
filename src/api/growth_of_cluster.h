#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/client_token.h"
#include "control/controller.h"
#include "plan/scripts.h"
#include "proto/store.pb.h"

namespace tusker::api {

// What both generations of scale-out ask for.
struct Growth {
  std::string cluster_id;
  store::NodeType type = store::NODE_TYPE_NONE;
  std::uint64_t count = 0;
  std::vector<ScriptRequest> scripts;  // in place of the cluster's own
  std::optional<std::string> client_token;
};

// Starts it, or finds the answer that its token got before. `write` encodes an answer that names
// the flow.
using GrowthAnswer = Answer (*)(const Growth& growth, const FlowKeys& flow);
Result<Answer> grow_cluster(const Growth& growth, Call& call, GrowthAnswer write);

// Both generations' responses have the same members.
template <typename Response>
Answer growth_answer(const Growth& growth, const FlowKeys& flow) {
  Response response;
  const std::string token = growth.client_token.value_or("");
  response.instance_id = growth.cluster_id;
  response.client_token = token;
  response.flow_id = static_cast<std::int64_t>(flow.id);
  response.trace_id = flow.trace_id;
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api
