// Writes running clusters into the data folder of a stopped server, as planned by the production
// planner for a host that does not exist, so that reads can be measured without their containers:
// fill_state DATA CLUSTERS
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/sealed.h"
#include "control/installation.h"
#include "control/journal.h"
#include "model/model.h"
#include "plan/cluster_plan.h"
#include "plan/definitions.h"
#include "store/sqlite_store.h"

namespace {

using namespace tusker;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "fill_state: %s\n", message.c_str());
  std::exit(2);
}

// Posts of the store, run by main.
class Queue {
 public:
  void post(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(function));
    wake_.notify_one();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !waiting_.empty(); });
    const std::function<void()> function = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    function();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
};

store::Bundle bundle(store::Bundle::Kind kind, const std::string& name, char digit) {
  store::Bundle made;
  made.set_digest("sha256:" + std::string(64, digit));
  made.set_kind(kind);
  made.set_name(name);
  made.set_version(name == "hadoop" ? "3.5.0" : "12");
  made.set_size(1 << 20);
  (*made.mutable_facts())["class_path"] = "/opt/tusker/hadoop/lib/a.jar";
  (*made.mutable_facts())["mount"] = "/opt/tusker/hadoop";
  return made;
}

Inventory one_large_host(const store::Host& host) {
  HostInventory large;
  large.host = host;
  large.connected = true;
  large.free_memory_bytes = 1ULL << 50;
  large.free_disk_bytes = 1ULL << 60;
  large.free_cpus = 1e6;
  return Inventory{{large},
                   {bundle(store::Bundle::IMAGE, "node-image", '1'),
                    bundle(store::Bundle::COMPONENT, "hadoop", '2')}};
}

CreateRequest request(int number) {
  CreateRequest made;
  made.name = fmt::format("measured-{}", number);
  made.product_id = 500;
  made.software = {"hdfs-3.5.0", "yarn-3.5.0"};
  made.region = "local";
  made.zone = "local-1";
  made.account = kRootAccount;
  for (const auto& [type, count] : {std::pair{store::MASTER, 1U}, std::pair{store::CORE, 2U}}) {
    GroupRequest& group = made.groups[type];
    group.count = count;
    group.spec.set_instance_type("TK.MEDIUM4");
  }
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) fail("DATA CLUSTERS");
  const std::string folder = std::string(argv[1]) + "/server";
  Queue queue;
  SystemClock clock;
  SystemRandom random;
  if (!ensure_directory(folder, 0700).ok()) fail("cannot make " + folder);
  auto sealer = Sealer::from_key_file(folder + "/seal.key", random);
  if (!sealer.ok()) fail(sealer.error().message());
  auto definitions = built_in_definitions();
  if (!definitions.ok()) fail(definitions.error().message());
  SqliteStore::Options options{
      .post = [&queue](std::function<void()> f) { queue.post(std::move(f)); }, .clock = clock};
  auto store = SqliteStore::open(folder, std::move(options));
  if (!store.ok()) fail(store.error().message());
  Model model;
  auto rows = (*store)->load();
  if (!rows.ok()) fail(rows.error().message());
  if (const Status loaded = model.load(*std::move(rows)); !loaded.ok())
    fail(loaded.error().message());
  Journal journal(model, **store);

  auto startup = start_installation(model, {}, *sealer, random, clock.wall());
  if (!startup.ok()) fail(startup.error().message());
  journal.commit(std::move(startup->change));
  store::Host host;
  host.set_id(random.uuid());
  host.set_name("measured");
  host.set_subnet("10.231.0.0/26");
  Change change;
  change.put(host);
  for (int i = 1; i <= std::atoi(argv[2]); ++i) {
    auto plan = plan_cluster(*definitions, one_large_host(host), request(i), random, clock.wall());
    if (!plan.ok()) fail(plan.error().message());
    plan->cluster.set_number(i);
    plan->cluster.set_state(store::Cluster::RUNNING);
    plan->cluster.set_running_since_wall_ms(clock.wall().ms);
    change.put(plan->cluster);
    for (store::Node& node : plan->nodes) {
      node.set_address(fmt::format(
          "10.231.{}.{}", i, node.index() + static_cast<std::uint32_t>(node.type()) * 10));
      change.put(std::move(node));
    }
    for (store::FileContent& file : plan->files) change.put(std::move(file));
  }
  journal.commit(std::move(change));
  bool durable = false;
  journal.when_durable(journal.current(), [&durable] { durable = true; });
  while (!durable) queue.run_one();
  std::printf("%s: %s clusters\n", folder.c_str(), argv[2]);
  return 0;
}
