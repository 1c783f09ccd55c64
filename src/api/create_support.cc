#include "api/create_support.h"

#include <algorithm>
#include <array>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "api/tags.h"
#include "base/encoding.h"

namespace tusker::api {
namespace {

// Something that a request may ask for and that this version does not do.
struct NotBuilt {
  bool asked;
  std::string_view parameter;
  std::string_view what;     // "Kerberos is"
  std::string_view instead;  // "use 0"
};

// The first that is asked for. `inside` is the path of an object that the parameters are part of.
Status refuse(std::initializer_list<NotBuilt> list, std::string_view inside = "") {
  const auto found = std::ranges::find(list, true, &NotBuilt::asked);
  if (found == list.end()) return ok_status();
  return api_error(code::kUnsupportedOperation,
                   "{}{}{}: {} not built yet; {}",
                   inside,
                   inside.empty() ? "" : ".",
                   found->parameter,
                   found->what,
                   found->instead);
}

constexpr std::string_view kLeaveOut = "leave it out";
constexpr std::string_view kZones = "clusters over several zones are";
constexpr std::string_view kPlacementGroups = "placement groups are";
constexpr std::string_view kOwnDatabase = "a metadata database of one's own is";
constexpr std::string_view kNoDatabaseNeeded = "leave it out: hdfs and yarn need none";
constexpr std::string_view kSharedDatabases = "shared metadata databases are";
constexpr std::string_view kObjectStorage = "object storage is";
constexpr std::string_view kLentServices = "services lent by another cluster are";
constexpr std::string_view kEncryption = "disk encryption is";
constexpr std::string_view kNoEncryption = "leave it off, or encrypt the host's disk";
constexpr std::string_view kSsh = "SSH into nodes is";
constexpr std::string_view kNoSsh = "leave it off, and `tusker run` or `tusker shell`";
constexpr std::string_view kScene = "other scenes than Hadoop-Default are";
constexpr std::string_view kSubscription = "subscription, with its recycle bin, is";

bool set(const std::optional<std::string>& text) {
  return text && !text->empty();
}
bool set(const std::optional<std::int64_t>& number) {
  return number.value_or(0) != 0;
}
bool set(const std::optional<std::uint64_t>& number) {
  return number.value_or(0) != 0;
}
bool set(const std::optional<bool>& flag) {
  return flag.value_or(false);
}

bool other_scene(const std::optional<std::string>& scene) {
  return set(scene) && *scene != "Hadoop-Default";
}

// ---- the metadata database (docs/reference/semantics.md 2.7)

// A database is made for components that need one; no component here does, so "make one when
// needed" asks for nothing.
bool asks_database(std::string_view type) {
  return !type.empty() && type != "EMR_DEFAULT_META" && type != "EMR_NEW_META";
}

// Each page spells some of the words differently.
Status check_database_type(std::string_view parameter, std::string_view type) {
  static constexpr std::array<std::string_view, 7> kTypes = {"",
                                                             "EMR_DEFAULT_META",
                                                             "EMR_NEW_META",
                                                             "EMR_EXIST_META",
                                                             "EMR_EXIT_META",
                                                             "EMR_EXIT_METE",
                                                             "USER_CUSTOM_META"};
  if (std::ranges::find(kTypes, type) != kTypes.end()) return ok_status();
  return api_error(code::kInvalidParameter_InvalidMetaType,
                   "{} is \"{}\"; expected EMR_DEFAULT_META, EMR_EXIST_META or USER_CUSTOM_META",
                   parameter,
                   cut_text(type, 64));
}

Status check_database(std::string_view parameter, const CustomMetaDBInfo& database) {
  const std::string type = database.meta_type.value_or("");
  TK_TRY_VOID(check_database_type(fmt::format("{}.MetaType", parameter), type));
  return refuse(
      {{asks_database(type), "MetaType", kOwnDatabase, kNoDatabaseNeeded},
       {set(database.unify_meta_instance_id), "UnifyMetaInstanceId", kSharedDatabases, kLeaveOut},
       {set(database.link_instance_id), "LinkInstanceId", kSharedDatabases, kLeaveOut},
       {set(database.meta_data_jdbc_url) || set(database.meta_data_user),
        "MetaDataJdbcUrl",
        kOwnDatabase,
        kLeaveOut}},
      parameter);
}

Status check_databases(const CreateClusterRequest& request) {
  if (request.meta_db_info) TK_TRY_VOID(check_database("MetaDBInfo", *request.meta_db_info));
  for (const CustomMetaDBInfo& database : request.meta_db_group_info)
    TK_TRY_VOID(check_database("MetaDBGroupInfo", database));
  return ok_status();
}

// ---- nodes

Status check_resource(const std::optional<Resource>& resource, std::string_view name) {
  if (!resource) return ok_status();
  return refuse(
      {{!resource->tags.empty(), "Tags", "tags of single node types are", kLeaveOut},
       {set(resource->disk_num), "DiskNum", "local disks are", kLeaveOut},
       {set(resource->gpu_desc) || resource->gpu_image_driver, "GpuDesc", "GPUs are", kLeaveOut},
       {set(resource->partition_number), "PartitionNumber", kPlacementGroups, kLeaveOut},
       {set(resource->hcc_hpc_cluster_id),
        "HCCHpcClusterId",
        "high-performance clusters are",
        kLeaveOut},
       {set(resource->custom_node_name), "CustomNodeName", "host name patterns are", kLeaveOut}},
      fmt::format("ResourceSpec.{}", name));
}

Status check_resource(const std::optional<NodeResourceSpec>& spec, std::string_view name) {
  if (!spec) return ok_status();
  const auto faster = [](const DiskSpecInfo& disk) { return set(disk.extra_performance); };
  const bool any_faster = std::ranges::any_of(spec->data_disk, faster) ||
                          std::ranges::any_of(spec->system_disk, faster);
  return refuse(
      {{!spec->tags.empty(), "Tags", "tags of single node types are", kLeaveOut},
       {!spec->local_data_disk.empty(), "LocalDataDisk", "local disks are", "use DataDisk"},
       {any_faster, "DataDisk.ExtraPerformance", "throughput of disks on demand is", kLeaveOut},
       {set(spec->custom_node_name), "CustomNodeName", "host name patterns are", kLeaveOut}},
      fmt::format("AllNodeResourceSpec.{}", name));
}

// Of either generation's specification: both name its members alike.
template <typename Specs>
Status check_resources(const std::optional<Specs>& specs) {
  if (!specs) return ok_status();
  TK_TRY_VOID(check_resource(specs->master_resource_spec, "MasterResourceSpec"));
  TK_TRY_VOID(check_resource(specs->core_resource_spec, "CoreResourceSpec"));
  TK_TRY_VOID(check_resource(specs->task_resource_spec, "TaskResourceSpec"));
  return check_resource(specs->common_resource_spec, "CommonResourceSpec");
}

// One zone, of which the backup's or the arbiter's role makes no sense.
Status check_zone(const CreateClusterRequest& request) {
  if (request.zone_resource_configuration.empty()) return ok_status();
  const ZoneResourceConfiguration& zone = request.zone_resource_configuration.front();
  if (const std::string tag = zone.zone_tag.value_or(""); !tag.empty() && tag != "master") {
    return api_error(code::kInvalidParameter_InvalidZone,
                     "ZoneResourceConfiguration.ZoneTag is \"{}\" for the first zone; leave it out",
                     cut_text(tag, 64));
  }
  return check_resources(zone.all_node_resource_spec);
}

// ---- accounts

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

// A subscription's cluster is kept for seven days after its end; nobody may lose data because we do
// not.
Status check_billing(const CreateInstanceRequest& request) {
  TK_TRY_VOID(refuse({{request.pay_mode != 0, "PayMode", kSubscription, "use 0"}}));
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

Status check_billing(const CreateClusterRequest& request) {
  return refuse({{request.instance_charge_type != "POSTPAID_BY_HOUR",
                  "InstanceChargeType",
                  kSubscription,
                  "use POSTPAID_BY_HOUR"}});
}

template <typename Request>
Status check_account(const Request& request) {
  TK_TRY_VOID(check_login(request.login_settings));
  TK_TRY_VOID(check_billing(request));
  return check_new_tags("Tags", request.tags);
}

}  // namespace

Status check_supported(const CreateInstanceRequest& request) {
  const std::string database = request.meta_type.value_or("");
  TK_TRY_VOID(check_database_type("MetaType", database));
  TK_TRY_VOID(refuse({
      {set(request.version_id) || set(request.multi_zone) || !request.multi_zone_settings.empty(),
       "MultiZone",
       kZones,
       "use ResourceSpec with VersionID 0"},
      {!request.disaster_recover_group_ids.empty() || set(request.partition_number),
       "DisasterRecoverGroupIds",
       kPlacementGroups,
       kLeaveOut},
      {asks_database(database), "MetaType", kOwnDatabase, kNoDatabaseNeeded},
      {set(request.unify_meta_instance_id), "UnifyMetaInstanceId", kSharedDatabases, kLeaveOut},
      {request.meta_db_info && (set(request.meta_db_info->meta_data_jdbc_url) ||
                                set(request.meta_db_info->meta_data_user)),
       "MetaDBInfo",
       kOwnDatabase,
       kLeaveOut},
      {set(request.check_security), "CheckSecurity", "Kerberos is", "use 0"},
      {request.cos_settings || set(request.cos_bucket),
       "COSSettings",
       kObjectStorage,
       "leave it and CosBucket out"},
      {!request.external_service.empty(), "ExternalService", kLentServices, kLeaveOut},
      {set(request.cbs_encrypt) || set(request.cbs_sys_encrypt),
       "CbsEncrypt",
       kEncryption,
       kNoEncryption},
      {set(request.remote_login_at_create), "RemoteLoginAtCreate", kSsh, kNoSsh},
      {set(request.load_balancer_id), "LoadBalancerId", "load balancers are", kLeaveOut},
      {set(request.need_cdb_audit), "NeedCdbAudit", "database audit is", "use 0"},
      {other_scene(request.scene_name), "SceneName", kScene, "use that"},
  }));
  return check_resources(request.resource_spec);
}

Status check_supported(const CreateClusterRequest& request) {
  TK_TRY_VOID(check_databases(request));
  TK_TRY_VOID(refuse({
      {request.zone_resource_configuration.size() > 1,
       "ZoneResourceConfiguration",
       kZones,
       "give one zone"},
      {!request.disaster_recover_group_ids.empty() || set(request.partition_number),
       "DisasterRecoverGroupIds",
       kPlacementGroups,
       kLeaveOut},
      {set(request.enable_kerberos_flag), "EnableKerberosFlag", "Kerberos is", "leave it off"},
      {set(request.cos_bucket), "CosBucket", kObjectStorage, kLeaveOut},
      {!request.depend_service.empty(), "DependService", kLentServices, kLeaveOut},
      {set(request.enable_cbs_encrypt_flag), "EnableCbsEncryptFlag", kEncryption, kNoEncryption},
      {set(request.enable_cbs_sys_encrypt_flag),
       "EnableCbsSysEncryptFlag",
       kEncryption,
       kNoEncryption},
      {set(request.enable_remote_login_flag), "EnableRemoteLoginFlag", kSsh, kNoSsh},
      {set(request.load_balancer_id), "LoadBalancerId", "load balancers are", kLeaveOut},
      {set(request.need_cdb_audit), "NeedCdbAudit", "database audit is", "use 0"},
      {request.security_group_ids.size() > 1,
       "SecurityGroupIds",
       "several security groups are",
       "give one: it is shown, and opens nothing here"},
      {other_scene(request.scene_software_config.scene_name),
       "SceneSoftwareConfig.SceneName",
       kScene,
       "use that"},
  }));
  return check_zone(request);
}

Status check_account_settings(const CreateInstanceRequest& request) {
  return check_account(request);
}

Status check_account_settings(const CreateClusterRequest& request) {
  return check_account(request);
}

}  // namespace tusker::api
