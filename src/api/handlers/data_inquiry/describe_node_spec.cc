#include <array>
#include <set>

#include "api/arena.h"
#include "api/errors.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "api/places.h"
#include "base/encoding.h"
#include "control/controller.h"
#include "plan/bundles.h"
#include "plan/new_nodes.h"
#include "plan/spec.h"

namespace tusker::api::handlers {
namespace {

constexpr std::uint64_t kGiB = 1 << 30;
constexpr std::uint64_t kSubscription = 1;
// A node's root file system has no size of its own here: what is asked for is shown again.
constexpr std::int64_t kRootGigabytes = 50;
constexpr std::int64_t kFew = 3;  // one master and two core nodes: the least that loses no data

// There is one kind of machine: a container of a host.
constexpr std::string_view kSeries = "STANDARD";
constexpr std::string_view kSeriesName = "Standard";

constexpr std::array<std::string_view, 3> kNodeTypes = {"Master", "Core", "Task"};
constexpr std::array<std::string_view, 3> kDiskTypes = {"CLOUD_SSD", "CLOUD_PREMIUM", "CLOUD_HSSD"};

// One size, the same in each family, and what the hosts can give of it now.
struct Offer {
  std::string_view shape;  // SMALL1
  store::NodeSpec spec;
  std::int64_t room = 0;
  std::string why_none;  // empty while there is room
};

Status check_request(const DescribeNodeSpecRequest& request, const Call& call) {
  TK_TRY_VOID(check_means_cluster(request.resource_base_type, request.compute_resource_id));
  if (const std::int64_t first = zone_number(call.region + "-1"); request.zone_id < first)
    return api_error(code::kInvalidParameter_InvalidZone,
                     "ZoneId is {}; zones are numbered from {} on",
                     request.zone_id,
                     first);
  if (request.cvm_pay_mode == kSubscription)
    return api_error(code::kUnsupportedOperation,
                     "CvmPayMode: 1 (subscription) is not built yet; use 0");
  if (request.node_type == "Router")
    return api_error(code::kResourceUnavailable_NotSupportNodeType,
                     "NodeType: Router nodes are not built yet; there are Master, Core and Task");
  if (!request.scene_name.empty() && request.scene_name != "Hadoop-Default")
    return api_error(code::kUnsupportedOperation,
                     "SceneName: {} is not built yet; use Hadoop-Default",
                     cut_text(request.scene_name, 64));
  if (request.product_id != 0 &&
      call.services.definitions.release_by_product(request.product_id) == nullptr)
    return api_error(code::kInvalidParameter_InvalidProductId,
                     "ProductId {} is not carried here; 0 means every one that is",
                     request.product_id);
  return ok_status();
}

// What a create answers for one node that finds no room.
std::string why_no_room(const Inventory& inventory,
                        const store::Bundle& image,
                        const Offer& offer) {
  store::Node node;
  node.set_name("a node");
  *node.mutable_spec() = offer.spec;
  const Status placed = place(inventory, image, std::span(&node, 1));
  return placed.ok() ? "" : placed.error().message();
}

Result<std::vector<Offer>> offers_of(const Call& call) {
  const Definitions& definitions = call.services.definitions;
  const Inventory inventory = call.services.controller.inventory();
  TK_TRY(const store::Bundle image, newest_image(inventory));
  std::vector<Offer> offers;
  for (const std::string& shape : definitions.specs.shapes) {
    Offer& offer = offers.emplace_back();
    offer.shape = shape;
    TK_TRY(offer.spec,
           find_spec(definitions, fmt::format("{}.{}", definitions.specs.families.front(), shape)));
    offer.spec.add_disk_bytes(kDefaultDiskBytes);
    offer.room = static_cast<std::int64_t>(count_room(inventory, image, offer.spec));
    if (offer.room == 0) offer.why_none = why_no_room(inventory, image, offer);
  }
  return offers;
}

List<answer::NodeSpecDisk> disks_of(std::int64_t gigabytes, Arena& arena) {
  return arena.each(kDiskTypes, [&](std::string_view type) {
    answer::NodeSpecDisk disk;
    disk.name = type;
    disk.disk_type = type;
    disk.default_disk_size = gigabytes;
    return disk;
  });
}

answer::NodeSpecInstanceType instance_type_of(const Offer& offer,
                                              std::string_view family,
                                              std::string_view node_type,
                                              std::int64_t order,
                                              Arena& arena) {
  answer::NodeSpecInstanceType type;
  type.instance_type = arena.format(FMT_COMPILE("{}.{}"), family, offer.shape);
  type.cpu = offer.spec.cpus();
  type.memory = static_cast<std::int64_t>(offer.spec.memory_bytes() / kGiB);
  type.order = order;
  type.num = offer.room;
  type.quota_num = offer.room;
  type.remark = offer.room == 0 ? "RunOut" : offer.room < kFew ? "Less" : "Enough";
  type.sell_out_reason = offer.why_none;
  type.sold_out_reason = offer.why_none;
  type.system_disk = disks_of(kRootGigabytes, arena);
  type.data_disk = disks_of(static_cast<std::int64_t>(kDefaultDiskBytes / kGiB), arena);
  type.instance_family = family;
  type.family_name = family;
  type.node_name = node_type;
  type.node_type = node_type;
  type.type = kSeries;
  type.type_name = kSeriesName;
  return type;
}

answer::NodeSpecFamily family_of(std::string_view name,
                                 const std::vector<Offer>& offers,
                                 std::string_view node_type,
                                 std::int64_t order,
                                 Arena& arena) {
  answer::NodeSpecFamily family;
  family.instance_family = name;
  family.family_name = name;
  family.order = order;
  std::int64_t place = 0;
  family.instance_types = arena.each(offers, [&](const Offer& offer) {
    return instance_type_of(offer, name, node_type, place++, arena);
  });
  return family;
}

answer::DescribeNodeSpec spec_of(std::string_view node_type,
                                 const std::vector<Offer>& offers,
                                 const std::vector<std::string>& names,
                                 Arena& arena) {
  std::int64_t order = 0;
  answer::NodeSpecType& series = *arena.make<answer::NodeSpecType>();
  series.type = kSeries;
  series.type_name = kSeriesName;
  series.instance_families = arena.each(names, [&](const std::string& name) {
    return family_of(name, offers, node_type, order++, arena);
  });
  answer::DescribeNodeSpec spec;
  spec.node_type = node_type;
  spec.node_name = node_type;
  spec.types = std::span(&series, 1);
  return spec;
}

// Of the hosts that could take nodes.
List<answer::ArchitectureInfo> architectures_of(const Inventory& inventory,
                                                const std::vector<std::string>& families,
                                                Arena& arena) {
  std::set<std::string> names;
  for (const HostInventory& host : inventory.hosts) {
    if (host.connected) names.insert(host.host.architecture());
  }
  std::int64_t order = 0;
  return arena.each(names, [&](const std::string& name) {
    answer::ArchitectureInfo info;
    info.architecture = arena.copy(name);
    info.architecture_name = info.architecture;
    info.order = order++;
    info.instance_families = arena.texts(families);
    return info;
  });
}

}  // namespace

Result<Answer> describe_node_spec(const DescribeNodeSpecRequest& request, Call& call) {
  TK_TRY_VOID(check_request(request, call));
  TK_TRY(const std::vector<Offer> offers, offers_of(call));
  const std::vector<std::string>& families = call.services.definitions.specs.families;
  std::vector<std::string_view> types;
  for (const std::string_view type : kNodeTypes) {
    if (request.node_type == "All" || request.node_type == type) types.push_back(type);
  }
  answer::DescribeNodeSpecResponse response;
  Arena arena;
  response.node_specs = arena.each(
      types, [&](std::string_view type) { return spec_of(type, offers, families, arena); });
  response.architectures = architectures_of(call.services.controller.inventory(), families, arena);
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
