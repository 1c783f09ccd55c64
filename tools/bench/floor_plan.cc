// What the server would tell an agent for the cluster that tools/bench/create_vs_floor asks for, as
// JSON: floor_plan BLOBS [CORE_NODES [MASTER_MB SOFTWARE…]]
//
// Planned by the production planner with the bundles of a blob folder, for a host that does not
// exist, so that tools/bench/floor.sh starts the very same daemons without a server or an agent.
// Files have their content with them.
#include <google/protobuf/util/json_util.h>
#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/random.h"
#include "bundle/index.h"
#include "control/desired_state.h"
#include "control/recorded_plan.h"
#include "plan/cluster_plan.h"

namespace {

using namespace tusker;

constexpr std::uint64_t kMb = 1 << 20;
constexpr std::uint64_t kGb = 1 << 30;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "floor_plan: %s\n", message.c_str());
  std::exit(2);
}

store::Bundle row_of(const BundleEntry& entry) {
  store::Bundle row;
  row.set_digest(entry.digest);
  row.set_kind(entry.kind == BundleKind::Image       ? store::Bundle::IMAGE
               : entry.kind == BundleKind::Component ? store::Bundle::COMPONENT
                                                     : store::Bundle::ARCHIVE);
  row.set_name(entry.name);
  row.set_version(entry.version);
  row.set_size(entry.size);
  row.set_archive_of_image(entry.archive_of_image);
  row.set_archive_of_bundle(entry.archive_of_bundle);
  row.set_added_wall_ms(entry.added.ms);
  row.mutable_facts()->insert(entry.facts.begin(), entry.facts.end());
  (*row.mutable_facts())["class_path"] = fmt::format("{}", fmt::join(entry.class_path, ":"));
  return row;
}

HostInventory large_host(Random& random) {
  utsname machine{};
  ::uname(&machine);
  HostInventory large;
  large.host.set_id(random.uuid());
  large.host.set_name("floor");
  large.host.set_subnet("10.230.77.0/26");
  large.host.set_architecture(machine.machine);
  large.connected = true;
  large.free_memory_bytes = 64 * kGb;
  large.free_disk_bytes = 1024 * kGb;
  large.free_cpus = 64;
  return large;
}

struct Wish {
  std::uint32_t core_nodes = 2;
  std::uint64_t master_mb = 2048;
  std::vector<std::string> software = {"hdfs-3.5.0", "yarn-3.5.0"};
};

Wish read_wish(int argc, char** argv) {
  Wish wish;
  if (argc > 2) wish.core_nodes = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
  if (argc > 3) wish.master_mb = std::strtoul(argv[3], nullptr, 10);
  if (argc > 4) wish.software.assign(argv + 4, argv + argc);
  return wish;
}

CreateRequest request(const Wish& wish) {
  CreateRequest made;
  made.name = "measured-floor";
  made.product_id = 500;
  made.software = wish.software;
  for (const store::NodeType type : {store::MASTER, store::CORE}) {
    GroupRequest& group = made.groups[type];
    group.count = type == store::MASTER ? 1 : wish.core_nodes;
    group.spec.set_cpus(2);
    group.spec.set_memory_bytes((type == store::MASTER ? wish.master_mb : 2048) * kMb);
    group.spec.add_disk_bytes(4 * kGb);
  }
  return made;
}

std::string to_json(const link::Desired& desired) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  const auto status = google::protobuf::util::MessageToJsonString(desired, &out, options);
  if (!status.ok()) fail(status.ToString());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) fail("BLOBS [CORE_NODES [MASTER_MB SOFTWARE…]]");
  SystemClock clock;
  SystemRandom random;
  const auto definitions = built_in_definitions();
  if (!definitions.ok()) fail(definitions.error().message());
  const auto index = BundleIndex::load(argv[1]);
  if (!index.ok()) fail(index.error().message());

  Inventory inventory{{large_host(random)}, {}};
  for (const BundleEntry& entry : index->entries()) inventory.bundles.push_back(row_of(entry));
  const auto plan =
      plan_cluster(*definitions, inventory, request(read_wish(argc, argv)), random, clock.wall());
  if (!plan.ok()) fail(plan.error().message());

  Model model;
  Change change;
  change.put(inventory.hosts.front().host);
  for (const store::Bundle& bundle : inventory.bundles) change.put(bundle);
  change.put(plan->cluster);
  change.merge(record_plan(model, *plan));
  model.apply(std::move(change));
  auto desired =
      desired_state_of(model, HostId(inventory.hosts.front().host.id()), Sealer::for_test());
  if (!desired.ok()) fail(desired.error().message());
  for (link::Node& node : *desired->mutable_nodes()) {
    for (link::File& file : *node.mutable_files()) {
      if (const store::FileContent* content = model.file(file.digest()))
        file.set_content(content->content());
    }
  }
  std::printf("%s\n", to_json(*desired).c_str());
  return 0;
}
