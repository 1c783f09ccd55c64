#include <boost/json.hpp>

#include "api/client_token.h"
#include "api/create_input.h"
#include "api/disk_types.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/job_steps.h"
#include "base/encoding.h"
#include "control/controller.h"
#include "plan/definitions.h"

namespace tusker::api::handlers {
namespace {

Error bad_tags(const std::string& text) {
  return api_error(code::kInvalidParameter_InvalidTagsGroup,
                   "Instance.TagSpecification has \"{}\"; expected "
                   "{{\"TagKey\":\"…\",\"TagValue\":\"…\"}}",
                   cut_text(text, 64));
}

Result<Tag> tag_from(const std::string& text) {
  boost::system::error_code failure;
  const boost::json::value value = boost::json::parse(text, failure);
  if (failure || !value.is_object()) return bad_tags(text);
  Tag tag;
  for (const auto& [name, content] : value.get_object()) {
    if (!content.is_string() || (name != "TagKey" && name != "TagValue")) return bad_tags(text);
    std::optional<std::string>& member = name == "TagKey" ? tag.tag_key : tag.tag_value;
    member.emplace(content.get_string());
  }
  return tag;
}

// The first disk stands apart in the first generation's words.
Resource resource_from(const JobFlowResource& asked) {
  Resource made;
  made.spec = asked.spec;
  made.instance_type = asked.instance_type;
  made.tags = asked.tags;
  for (const DiskGroup& group : asked.disk_groups) {
    std::int64_t count = group.count;
    if (made.disk_size == 0 && count > 0) {
      made.disk_type = group.spec.disk_type;
      made.storage_type = disk_type_number(group.spec.disk_type);
      made.disk_size = group.spec.disk_size;
      --count;
    }
    if (count != 0) made.multi_disks.push_back({group.spec.disk_type, group.spec.disk_size, count});
  }
  return made;
}

NewResourceSpec resources_from(const JobFlowResourceSpec& asked) {
  NewResourceSpec made;
  made.master_count = asked.master_count;
  made.master_resource_spec = resource_from(asked.master_resource_spec);
  made.core_count = asked.core_count;
  made.core_resource_spec = resource_from(asked.core_resource_spec);
  made.task_count = asked.task_count;
  if (asked.task_resource_spec) made.task_resource_spec = resource_from(*asked.task_resource_spec);
  made.common_count = asked.common_count;
  if (asked.common_resource_spec)
    made.common_resource_spec = resource_from(*asked.common_resource_spec);
  return made;
}

Result<std::uint64_t> product_from(const RunJobFlowRequest& request, const Call& call) {
  const Definitions& definitions = call.services.definitions;
  const std::string name = request.product_version.value_or("");
  if (const ReleaseDefinition* const release = definitions.release(name))
    return release->product_id;
  std::string names;
  for (const ReleaseDefinition& release : definitions.releases)
    names += (names.empty() ? "" : ", ") + release.name;
  return api_error(code::kInvalidParameter_InvalidProductVersion,
                   "ProductVersion is \"{}\"; a new cluster needs one of {}",
                   cut_text(name, 64),
                   names);
}

Status check_new_cluster(const RunJobFlowRequest& request) {
  if (request.security_cluster_flag.value_or(false))
    return not_supported("SecurityClusterFlag", "Kerberos is not built yet; use false");
  if (!request.configurations.empty())
    return not_supported("Configurations",
                         "it is not built yet; make the cluster by CreateInstance with "
                         "ExtendFsField, and name it in InstanceId");
  if (!request.instance)
    return api_error(code::kMissingParameter, "Instance is required when CreateCluster is true");
  return ok_status();
}

// The new cluster, as the first generation would ask for it.
Result<CreateInstanceRequest> creation_from(const RunJobFlowRequest& request, const Call& call) {
  TK_TRY_VOID(check_new_cluster(request));
  const ClusterSetting& asked = *request.instance;
  CreateInstanceRequest made;
  TK_TRY(made.product_id, product_from(request, call));
  made.software = request.software;
  made.support_ha = asked.support_ha ? 1 : 0;
  made.instance_name = request.name;
  made.pay_mode = asked.instance_charge_type == "PREPAID" ? 1 : 0;
  made.time_span = 1;
  made.time_unit = "s";
  made.login_settings = asked.login_settings;
  made.vpc_settings = asked.vpc_settings;
  made.resource_spec = resources_from(asked.resource_spec);
  made.placement = asked.placement;
  if (!asked.security_group_ids.empty()) made.sg_id = asked.security_group_ids.front();
  made.need_master_wan =
      asked.public_ip_assigned.value_or(false) ? "NEED_MASTER_WAN" : "NOT_NEED_MASTER_WAN";
  made.remote_login_at_create = asked.remote_tcp_default_port.value_or(false) ? 1 : 0;
  for (const std::string& text : asked.tag_specification) {
    TK_TRY(Tag tag, tag_from(text));
    made.tags.push_back(std::move(tag));
  }
  if (const std::string groups = asked.disaster_recover_group_ids.value_or(""); !groups.empty())
    made.disaster_recover_group_ids.push_back(groups);
  made.cbs_encrypt = asked.cbs_encrypt_flag.value_or(false) ? 1 : 0;
  made.meta_type = asked.meta_db.meta_type;
  made.unify_meta_instance_id = asked.meta_db.unify_meta_instance_id;
  made.meta_db_info = asked.meta_db.meta_db_info;
  made.application_role = request.application_role;
  for (const BootstrapAction& action : request.bootstrap_actions) {
    PreExecuteFileSettings& script = made.pre_executed_file_settings.emplace_back();
    script.cos_file_uri = action.path;
    script.when_run = action.when_run;
    script.args = action.args;
  }
  return made;
}

Status run_on_new(const RunJobFlowRequest& request,
                  store::Job job,
                  const std::optional<ClientTokenAnswer>& token,
                  Call& call) {
  TK_TRY(const CreateInstanceRequest creation, creation_from(request, call));
  TK_TRY(ClusterPlan plan, plan_from(creation, call));
  TK_TRY_VOID(add_commands(plan.cluster, call, job));
  job.set_cluster_id(plan.cluster.id());
  call.cluster_id = plan.cluster.id();
  TK_TRY_VOID(call.services.controller.start_create(
      std::move(plan), {call.caller.secret_id, call.peer}, token, std::move(job)));
  return ok_status();
}

Status run_on_existing(const RunJobFlowRequest& request,
                       store::Job job,
                       const std::optional<ClientTokenAnswer>& token,
                       Call& call) {
  if (request.instance_id.value_or("").empty())
    return api_error(code::kMissingParameter, "InstanceId is required when CreateCluster is false");
  call.cluster_id = *request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, *request.instance_id, code::kResourceNotFound_InstanceNotFound));
  TK_TRY_VOID(add_commands(*cluster, call, job));
  job.set_cluster_id(cluster->id());
  TK_TRY_VOID(call.services.controller.start_job(
      std::move(job), {call.caller.secret_id, call.peer}, token));
  return ok_status();
}

}  // namespace

Result<Answer> run_job_flow(const RunJobFlowRequest& request, Call& call) {
  const Repeatable repeatable(request.client_token, call);
  TK_TRY(std::optional<Answer> earlier, repeatable.earlier(call));
  if (earlier) return *std::move(earlier);
  TK_TRY(store::Job job, job_from(request, call));
  const JobId id = call.services.controller.next_job();
  answer::RunJobFlowResponse response;
  response.job_flow_id = static_cast<std::int64_t>(id);
  Answer answer;
  encode(response, answer.text);
  const auto token = repeatable.remembered(answer);
  TK_TRY_VOID(request.create_cluster ? run_on_new(request, std::move(job), token, call)
                                     : run_on_existing(request, std::move(job), token, call));
  call.services.log.info("api.job",
                         {{"job", id}, {"cluster", call.cluster_id}, {"request", call.request_id}});
  return answer;
}

}  // namespace tusker::api::handlers
