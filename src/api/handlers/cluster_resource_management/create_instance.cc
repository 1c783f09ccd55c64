#include "api/create_input.h"
#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "control/client_tokens.h"
#include "control/controller.h"

namespace tusker::api::handlers {
namespace {

constexpr std::string_view kToken = code::kInvalidParameter_InvalidClientToken;

// The answer that this token got before, if it did.
Result<std::optional<Answer>> repeated(const ClientTokenUse& use, const Call& call) {
  if (use.token.empty()) return std::optional<Answer>();
  Result<std::optional<std::string>> earlier =
      earlier_answer(call.services.model, use, call.services.clock.wall());
  if (!earlier.ok()) return std::move(earlier).error().with_api_code(kToken);
  return *earlier ? std::optional<Answer>(Answer{std::move(**earlier)}) : std::nullopt;
}

}  // namespace

Result<Answer> create_instance(const CreateInstanceRequest& request, Call& call) {
  const ClientTokenUse use{
      call.caller.account, request.client_token.value_or(""), call.parameters_digest};
  TK_TRY(std::optional<Answer> earlier, repeated(use, call));
  if (earlier) return *std::move(earlier);

  TK_TRY(ClusterPlan plan, plan_from(request, call));
  call.cluster_id = plan.cluster.id();
  answer::CreateInstanceResponse response;
  response.instance_id = call.cluster_id;
  Answer answer;
  encode(response, answer.text);

  std::optional<ClientTokenAnswer> remembered;
  if (!use.token.empty()) remembered = ClientTokenAnswer{use, answer.text};
  // Recorded, and so visible to DescribeInstances, before this returns: Terraform takes an empty
  // list for success.
  TK_TRY(const FlowId flow,
         call.services.controller.start_create(
             std::move(plan), {call.caller.secret_id, call.peer}, remembered));
  call.services.log.info(
      "api.create", {{"cluster", call.cluster_id}, {"flow", flow}, {"request", call.request_id}});
  return answer;
}

}  // namespace tusker::api::handlers
