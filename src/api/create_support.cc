#include "api/create_support.h"

#include <algorithm>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/tags.h"

namespace tusker::api {
namespace {

Error not_built(std::string_view parameter, std::string_view what, std::string_view instead) {
  return api_error(
      code::kUnsupportedOperation, "{}: {} not built yet; {}", parameter, what, instead);
}

bool set(const std::optional<std::string>& text) {
  return text && !text->empty();
}
bool set(const std::optional<std::int64_t>& number) {
  return number.value_or(0) != 0;
}
bool set(const std::optional<std::uint64_t>& number) {
  return number.value_or(0) != 0;
}

Status check_resource(const std::optional<Resource>& resource, std::string_view name) {
  if (!resource) return ok_status();
  const auto refuse = [&](std::string_view field, std::string_view what) {
    return not_built(fmt::format("ResourceSpec.{}.{}", name, field), what, "leave it out");
  };
  if (!resource->tags.empty()) return refuse("Tags", "tags of single node types are");
  if (set(resource->disk_num)) return refuse("DiskNum", "local disks are");
  if (set(resource->gpu_desc) || resource->gpu_image_driver) return refuse("GpuDesc", "GPUs are");
  if (set(resource->partition_number)) return refuse("PartitionNumber", "placement groups are");
  if (set(resource->hcc_hpc_cluster_id))
    return refuse("HCCHpcClusterId", "high-performance clusters are");
  if (set(resource->custom_node_name)) return refuse("CustomNodeName", "host name patterns are");
  return ok_status();
}

Status check_metadata(const CreateInstanceRequest& request) {
  const std::string type = request.meta_type.value_or("");
  // A database is made for components that need one; no component here does, so "make one when
  // needed" asks for nothing.
  const bool nothing_asked = type.empty() || type == "EMR_DEFAULT_META" || type == "EMR_NEW_META";
  if (!nothing_asked) {
    return not_built(
        "MetaType", "a metadata database of one's own is", "leave it out: hdfs and yarn need none");
  }
  if (set(request.unify_meta_instance_id)) {
    return not_built("UnifyMetaInstanceId", "shared metadata databases are", "leave it out");
  }
  const bool custom = request.meta_db_info && (set(request.meta_db_info->meta_data_jdbc_url) ||
                                               set(request.meta_db_info->meta_data_user));
  if (custom) return not_built("MetaDBInfo", "a metadata database of one's own is", "leave it out");
  return ok_status();
}

Status check_placement(const CreateInstanceRequest& request) {
  if (set(request.version_id) || request.multi_zone.value_or(false) ||
      !request.multi_zone_settings.empty()) {
    return not_built(
        "MultiZone", "clusters over several zones are", "use ResourceSpec with VersionID 0");
  }
  if (!request.disaster_recover_group_ids.empty() || set(request.partition_number)) {
    return not_built("DisasterRecoverGroupIds", "placement groups are", "leave it out");
  }
  return ok_status();
}

bool is_password(std::string_view text) {
  static constexpr std::string_view kSymbols = "!@%^*";
  const auto any = [&](auto test) { return std::ranges::any_of(text, test); };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto symbol = [](char c) { return kSymbols.find(c) != std::string_view::npos; };
  const auto known = [&](char c) { return upper(c) || lower(c) || digit(c) || symbol(c); };
  return text.size() >= 8 && text.size() <= 16 && any(upper) && any(lower) && any(digit) &&
         any(symbol) && !symbol(text.front()) && std::ranges::all_of(text, known);
}

Status check_login(const LoginSettings& login) {
  if (!set(login.password) && !set(login.public_key_id)) {
    return api_error(code::kInvalidParameter_InvalidLoginSetting,
                     "LoginSettings has neither Password nor PublicKeyId; give one of them");
  }
  if (set(login.password) && !is_password(*login.password)) {
    return api_error(code::kInvalidParameter_InvalidPassword,
                     "LoginSettings.Password does not fit; expected 8 to 16 characters with an "
                     "upper-case letter, a "
                     "lower-case letter, a digit and one of !@%^*, not starting with the symbol");
  }
  return ok_status();
}

Status check_billing(const CreateInstanceRequest& request) {
  if (request.pay_mode != 0) {
    // A subscription's cluster is kept for seven days after its end; nobody may lose data because
    // we do not.
    return not_built("PayMode", "1 (subscription, with its recycle bin) is", "use 0");
  }
  if (request.time_unit != "s") {
    return api_error(code::kInvalidParameter_InvalidTimeUnit,
                     "TimeUnit is \"{}\"; expected \"s\" with PayMode 0",
                     request.time_unit);
  }
  if (request.time_span == 0) {
    return api_error(code::kInvalidParameter_InvalidTimeSpan,
                     "TimeSpan is 0; expected 3600 with PayMode 0");
  }
  return ok_status();
}

}  // namespace

Status check_supported(const CreateInstanceRequest& request) {
  TK_TRY_VOID(check_placement(request));
  TK_TRY_VOID(check_metadata(request));
  if (set(request.check_security)) return not_built("CheckSecurity", "Kerberos is", "use 0");
  if (!request.pre_executed_file_settings.empty()) {
    return not_built("PreExecutedFileSettings", "bootstrap scripts are", "leave it out");
  }
  if (request.cos_settings || set(request.cos_bucket)) {
    return not_built("COSSettings", "object storage is", "leave it and CosBucket out");
  }
  if (!request.external_service.empty()) {
    return not_built("ExternalService", "services lent by another cluster are", "leave it out");
  }
  if (set(request.cbs_encrypt) || set(request.cbs_sys_encrypt)) {
    return not_built("CbsEncrypt", "disk encryption is", "use 0, or encrypt the host's disk");
  }
  if (set(request.remote_login_at_create)) {
    return not_built(
        "RemoteLoginAtCreate", "SSH into nodes is", "use 0, and `tusker run` or `tusker shell`");
  }
  if (set(request.load_balancer_id))
    return not_built("LoadBalancerId", "load balancers are", "leave it out");
  if (set(request.need_cdb_audit)) return not_built("NeedCdbAudit", "database audit is", "use 0");
  if (set(request.scene_name) && *request.scene_name != "Hadoop-Default") {
    return not_built("SceneName", fmt::format("{} is", *request.scene_name), "use Hadoop-Default");
  }
  if (request.resource_spec) {
    TK_TRY_VOID(check_resource(request.resource_spec->master_resource_spec, "MasterResourceSpec"));
    TK_TRY_VOID(check_resource(request.resource_spec->core_resource_spec, "CoreResourceSpec"));
    TK_TRY_VOID(check_resource(request.resource_spec->task_resource_spec, "TaskResourceSpec"));
    TK_TRY_VOID(check_resource(request.resource_spec->common_resource_spec, "CommonResourceSpec"));
  }
  return ok_status();
}

Status check_account_settings(const CreateInstanceRequest& request) {
  TK_TRY_VOID(check_login(request.login_settings));
  TK_TRY_VOID(check_billing(request));
  return check_tags("Tags", request.tags);
}

}  // namespace tusker::api
