#include "plan/testing/plan_fixture.h"

#include <pugixml.hpp>

#include "base/check.h"
#include "base/random.h"

namespace tusker::testing {
namespace {

constexpr std::uint64_t kGb = 1ULL << 30;

std::string digest(char c) {
  return "sha256:" + std::string(64, c);
}

store::Bundle bundle(store::Bundle::Kind kind,
                     const std::string& name,
                     const std::string& version,
                     char c,
                     std::uint64_t size) {
  store::Bundle out;
  out.set_kind(kind);
  out.set_name(name);
  out.set_version(version);
  out.set_digest(digest(c));
  out.set_size(size);
  out.set_added_wall_ms(1);
  return out;
}

}  // namespace

const Definitions& definitions() {
  static const Definitions kDefinitions = [] {
    auto loaded = built_in_definitions();
    TK_CHECK(loaded.ok(), "{}", loaded.error().message());
    return *std::move(loaded);
  }();
  return kDefinitions;
}

HostInventory host(const std::string& name,
                   int number,
                   std::uint64_t memory_gb,
                   std::uint64_t disk_gb) {
  HostInventory out;
  out.connected = true;
  out.host.set_id(fmt::format("00000000-0000-4000-8000-{:012d}", number));
  out.host.set_name(name);
  out.host.set_subnet(fmt::format("10.64.{}.{}/26", number / 4, number % 4 * 64));
  out.host.set_memory_bytes(memory_gb * kGb);
  out.host.set_disk_total_bytes(disk_gb * kGb);
  out.host.set_architecture("x86_64");
  out.host.set_rack("/default");
  out.free_memory_bytes = memory_gb * kGb;
  out.free_disk_bytes = disk_gb * kGb;
  out.free_cpus = 4;
  return out;
}

std::vector<store::Bundle> bundles() {
  store::Bundle image = bundle(store::Bundle::IMAGE, "node-image", "12.1", '1', 123863040);
  (*image.mutable_facts())["arch"] = "amd64";
  store::Bundle hadoop = bundle(store::Bundle::COMPONENT, "hadoop", "3.5.0", '2', 95875072);
  (*hadoop.mutable_facts())["class_path"] =
      "/opt/tusker/hadoop/lib/a.jar:/opt/tusker/hadoop/lib/b.jar:/opt/tusker/hadoop/lib/c.jar";
  store::Bundle archive = bundle(store::Bundle::ARCHIVE, "hadoop", "3.5.0", '3', 155254784);
  archive.set_archive_of_image(image.digest());
  archive.set_archive_of_bundle(hadoop.digest());
  store::Bundle spark = bundle(store::Bundle::COMPONENT, "spark", "4.1.4", '4', 332000000);
  (*spark.mutable_facts())["class_path"] =
      "/opt/tusker/spark/jars/a.jar:/opt/tusker/spark/jars/b.jar";
  store::Bundle spark_archive = bundle(store::Bundle::ARCHIVE, "spark", "4.1.4", '5', 200000000);
  spark_archive.set_archive_of_image(image.digest());
  spark_archive.set_archive_of_bundle(spark.digest());
  store::Bundle zookeeper = bundle(store::Bundle::COMPONENT, "zookeeper", "3.9.5", '6', 11000000);
  (*zookeeper.mutable_facts())["class_path"] =
      "/opt/tusker/zookeeper/lib/a.jar:/opt/tusker/zookeeper/lib/b.jar";
  store::Bundle zookeeper_archive =
      bundle(store::Bundle::ARCHIVE, "zookeeper", "3.9.5", '7', 20000000);
  zookeeper_archive.set_archive_of_image(image.digest());
  zookeeper_archive.set_archive_of_bundle(zookeeper.digest());
  return {image, hadoop, archive, spark, spark_archive, zookeeper, zookeeper_archive};
}

CreateRequest request(const std::string& master_spec,
                      const std::string& core_spec,
                      std::uint32_t cores) {
  CreateRequest out;
  out.name = "wordcount";
  out.product_id = 500;
  out.software = {"hdfs-3.5.0", "yarn-3.5.0"};
  out.groups[store::MASTER].count = 1;
  out.groups[store::MASTER].spec.set_instance_type(master_spec);
  out.groups[store::CORE].count = cores;
  out.groups[store::CORE].spec.set_instance_type(core_spec);
  return out;
}

Inventory one_host() {
  return {{host("alpha", 0, 64, 500)}, bundles()};
}

Result<ClusterPlan> plan(const Inventory& inventory,
                         const CreateRequest& asked,
                         std::uint64_t seed) {
  SeededRandom random(seed);
  return plan_cluster(definitions(), inventory, asked, random, WallTime{1795582204789});
}

ClusterPlan good_plan(const std::string& master_spec,
                      const std::string& core_spec,
                      std::uint32_t cores) {
  auto made = plan(one_host(), request(master_spec, core_spec, cores));
  TK_CHECK(made.ok(), "{}", made.error().message());
  return *std::move(made);
}

const store::Node& node(const ClusterPlan& plan, const std::string& name) {
  for (const store::Node& found : plan.nodes) {
    if (found.name() == name) return found;
  }
  TK_CHECK(false, "no node {}", name);
  return plan.nodes.front();
}

const store::Role& role(const store::Node& node, const std::string& name) {
  for (const store::Role& found : node.roles()) {
    if (found.name() == name) return found;
  }
  TK_CHECK(false, "no role {} on {}", name, node.name());
  return node.roles(0);
}

std::string file(const ClusterPlan& plan, const std::string& node_name, const std::string& path) {
  for (const store::File& row : node(plan, node_name).files()) {
    if (row.path() != path) continue;
    for (const store::FileContent& content : plan.files) {
      if (content.digest() == row.digest()) return content.content();
    }
  }
  TK_CHECK(false, "no file {} on {}", path, node_name);
  return "";
}

std::string value(const ClusterPlan& plan,
                  const std::string& node_name,
                  const std::string& path,
                  const std::string& key) {
  const std::string text = file(plan, node_name, path);
  pugi::xml_document document;
  TK_CHECK(document.load_buffer(text.data(), text.size()), "{} is not XML", path);
  for (const pugi::xml_node property : document.child("configuration")) {
    if (key == property.child("name").text().get()) return property.child("value").text().get();
  }
  return "(none)";
}

std::uint32_t heap_mb(const store::Role& role) {
  for (const std::string& argument : role.argv()) {
    if (argument.starts_with("-Xmx"))
      return static_cast<std::uint32_t>(std::stoul(argument.substr(4)));
  }
  return 0;
}

}  // namespace tusker::testing
