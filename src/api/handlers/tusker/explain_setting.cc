#include "api/arena.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/find_nodes.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "model/model.h"
#include "plan/explain.h"

namespace tusker::api::handlers {
namespace {

struct Explained {
  const store::Node* node;
  Explanation explanation;
};

// Of every node that has the setting, or of the one that is asked for. NotFound with what is near,
// when none has it.
Result<std::vector<Explained>> explain_on(const store::Cluster& cluster,
                                          const std::vector<const store::Node*>& asked,
                                          std::string_view key,
                                          const Call& call) {
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : call.services.model.nodes_of(cluster.id()))
    nodes.push_back(*node);
  std::vector<Explained> explained;
  std::optional<Error> missing;
  for (const store::Node* const node : asked) {
    Result<Explanation> one = explain(call.services.definitions, cluster, nodes, *node, key);
    if (one.ok()) {
      explained.push_back({node, *std::move(one)});
    } else if (one.error().code() != ErrorCode::NotFound) {
      return std::move(one).error();
    } else if (!missing) {
      missing = std::move(one).error();
    }
  }
  if (explained.empty() && missing)
    return std::move(*missing).with_api_code(code::kResourceNotFound_ServiceConfNotFound);
  return explained;
}

}  // namespace

Result<Answer> explain_setting(const ExplainSettingRequest& request, Call& call) {
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  std::vector<const store::Node*> asked;
  if (request.node) {
    TK_TRY(const store::Node* const node, find_named_node(call, *cluster, *request.node));
    asked.push_back(node);
  } else {
    for (const auto& [order, node] : call.services.model.nodes_of(cluster->id()))
      asked.push_back(node);
  }
  TK_TRY(const std::vector<Explained> all, explain_on(*cluster, asked, request.key, call));
  Arena arena;
  answer::ExplainSettingResponse response;
  response.settings = arena.each(all, [&](const Explained& one) {
    answer::SettingInfo info;
    info.node = one.node->name();
    info.file = one.explanation.file;
    info.key = one.explanation.key;
    info.value = one.explanation.value;
    info.layer = one.explanation.layer;
    info.formula = one.explanation.formula;
    info.inputs = one.explanation.inputs;
    info.start_only = one.explanation.start_only;
    info.covered = arena.texts(one.explanation.covered);
    return info;
  });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
