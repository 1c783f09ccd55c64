#include "plan/node_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "plan/namenode_image.h"
#include "plan/node_paths.h"
#include "plan/render.h"
#include "plan/sizing.h"
#include "share/embedded.h"

namespace tusker {
namespace {

// DefaultContainerExecutor has no hook, but starts every container through `nice`, found by PATH.
// Tasks inherit the NodeManager's standing with the kernel's out-of-memory killer: here they are
// put before every daemon.
constexpr std::string_view kNice =
    "#!/bin/sh\necho 500 > /proc/self/oom_score_adj\nexec /usr/bin/nice \"$@\"\n";

bool has_component(const store::Cluster& cluster, std::string_view name) {
  return std::any_of(cluster.components().begin(),
                     cluster.components().end(),
                     [&](const auto& component) { return component.name() == name; });
}

std::vector<const store::Node*> living(const RenderInput& input) {
  std::vector<const store::Node*> out;
  for (const store::Node& node : input.nodes) {
    if (!node.removing()) out.push_back(&node);
  }
  return out;
}

std::string render_hosts(const RenderInput& input) {
  std::string out = "127.0.0.1 localhost\n";
  for (const store::Node* node : living(input))
    out += fmt::format("{} {} {}\n", node->address(), node_hostname(*node), node->name());
  return out;
}

// Prints the rack of each address or name. A script, since Hadoop's TableMapping reads the table
// once, and a node that comes later would be on no rack.
constexpr std::string_view kRackOf =
    "#!/bin/sh\n"
    "exec awk -v names=\"$*\" '{ rack[$1] = $2 }\n"
    "END {\n"
    "  count = split(names, name, \" \")\n"
    "  for (i = 1; i <= count; i++) print (name[i] in rack) ? rack[name[i]] : "
    "\"/default/unknown\"\n"
    "}' /etc/tusker/current/topology\n";

// Hadoop looks nodes up by address or by name, depending on who asks.
std::string render_topology(const RenderInput& input) {
  std::string out;
  for (const store::Node* node : living(input)) {
    const auto rack = input.racks.find(node->host_id());
    const std::string path = rack == input.racks.end() ? "/default/unknown" : rack->second;
    out += fmt::format("{} {}\n{} {}\n", node->address(), path, node_hostname(*node), path);
  }
  return out;
}

// Which nodes HDFS and YARN take (no other is let in), and which they decommission.
std::string render_members(const RenderInput& input, bool leaving) {
  std::string out;
  for (const store::Node* node : living(input)) {
    if (node->type() == store::MASTER || (leaving && !node->leaving())) continue;
    out += fmt::format("{}\n{}\n", node->address(), node_hostname(*node));
  }
  return out;
}

void add_members(const RenderInput& input, std::vector<RenderedFile>& out) {
  for (const std::string_view service : {"hdfs", "yarn"}) {
    if (!has_component(input.cluster, service)) continue;
    const std::string_view prefix = service == "hdfs" ? "dfs" : service;
    out.push_back({fmt::format("{}.include", prefix), render_members(input, false)});
    out.push_back({fmt::format("{}.exclude", prefix), render_members(input, true)});
  }
}

std::string render_settings(const std::string& file,
                            const std::map<std::string, ConfiguredValue>& values) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : values) texts[key] = value.text;
  return file.ends_with(".xml") ? render_xml(texts) : render_properties(texts);
}

void add_settings(const Configuration& configuration, std::vector<RenderedFile>& out) {
  for (const auto& [file, values] : configuration.files) {
    if (!configuration.whole_files.contains(file))
      out.push_back({file, render_settings(file, values)});
  }
  for (const auto& [file, content] : configuration.whole_files) out.push_back({file, content});
}

void add_hadoop_arguments(const RenderInput& input,
                          const JavaBundle& bundle,
                          const SizingFacts& facts,
                          std::vector<RenderedFile>& out) {
  out.push_back({daemon_arguments_file(bundle.name), render_arguments(daemon_arguments(bundle))});
  out.push_back(
      {"client.args",
       render_arguments(client_arguments(bundle, client_heap_mb(facts.memory().total_mb)))});
  if (!has_component(input.cluster, "yarn")) return;
  const auto heap_mb = static_cast<std::uint32_t>(facts.find("task_heap_mb").value_or(0));
  out.push_back({"mr.args", render_arguments(task_arguments(bundle, heap_mb))});
  out.push_back({"bin/nice", std::string(kNice), 0755});
  out.push_back(
      {"bin/run-step", std::string(*embedded_file("components/yarn/bin/run-step")), 0755});
}

void add_spark_arguments(const JavaBundle& bundle, std::vector<RenderedFile>& out) {
  out.push_back(
      {daemon_arguments_file(bundle.name), render_arguments(spark_daemon_arguments(bundle))});
  out.push_back({"spark-driver.args", render_arguments(spark_driver_arguments(bundle))});
  out.push_back({"spark-executor.args", render_arguments(spark_executor_arguments(bundle))});
}

void add_zookeeper_arguments(const JavaBundle& bundle,
                             const SizingFacts& facts,
                             std::vector<RenderedFile>& out) {
  out.push_back(
      {daemon_arguments_file(bundle.name), render_arguments(zookeeper_daemon_arguments(bundle))});
  out.push_back({"zookeeper-client.args",
                 render_arguments(
                     zookeeper_client_arguments(bundle, client_heap_mb(facts.memory().total_mb)))});
}

void add_arguments(const RenderInput& input,
                   const SizingFacts& facts,
                   std::vector<RenderedFile>& out) {
  for (const JavaBundle& bundle : input.bundles) {
    if (bundle.name == kHadoopBundle) add_hadoop_arguments(input, bundle, facts, out);
    if (bundle.name == kSparkBundle) add_spark_arguments(bundle, out);
    if (bundle.name == kZookeeperBundle) add_zookeeper_arguments(bundle, facts, out);
  }
}

bool has_seed(const RenderInput& input, const store::Node& node) {
  for (const RoleDefinition* role : roles_of(input.definitions, input.cluster, input.nodes, node)) {
    for (const DirectoryDefinition& directory : role->directories) {
      if (!directory.seed.empty()) return true;
    }
  }
  return false;
}

void add_metadata_programs(const RenderInput& input,
                           const store::Node& node,
                           std::vector<RenderedFile>& out) {
  for (const RoleDefinition* role : roles_of(input.definitions, input.cluster, input.nodes, node)) {
    std::vector<std::string> programs;
    if (role->metadata)
      programs = {role->metadata->save, role->metadata->put, role->metadata->accept};
    if (!role->set_aside.empty()) programs.push_back(role->set_aside);
    for (const std::string& program : programs) {
      const auto content = embedded_file(fmt::format("components/{}/{}", role->component, program));
      TK_CHECK(content, "{} names {}, which is not there", role->name, program);
      out.push_back({program, std::string(*content), 0755});
    }
  }
}

}  // namespace

std::string topology_path(const store::Host& host) {
  const auto clean = [](std::string text) {
    for (char& c : text) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.' && c != '-')
        c = '-';
    }
    return text.empty() ? std::string("unknown") : text;
  };
  // NetworkTopology wants every node at the same depth: a rack is one level, whatever its label
  // has.
  std::string rack = host.rack().empty() ? "default" : host.rack();
  rack.erase(0, std::min(rack.find_first_not_of('/'), rack.size()));
  return fmt::format("/{}/{}", clean(rack), clean(host.name().empty() ? host.id() : host.name()));
}

Result<std::vector<RenderedFile>> render_node(const RenderInput& input, const store::Node& node) {
  TK_TRY(const Configuration configuration,
         configure_node(input.definitions, input.cluster, input.nodes, node, input.given));
  const SizingFacts facts(input.definitions, input.cluster, input.nodes, node);
  std::vector<RenderedFile> out;
  add_settings(configuration, out);
  add_arguments(input, facts, out);
  out.push_back({"hosts", render_hosts(input)});
  out.push_back({"topology", render_topology(input)});
  out.push_back({"bin/rack-of", std::string(kRackOf), 0755});
  add_members(input, out);
  add_metadata_programs(input, node, out);
  if (has_seed(input, node)) {
    const std::map<std::string, std::string> identities(input.cluster.settings().begin(),
                                                        input.cluster.settings().end());
    TK_TRY(std::string image, make_namenode_image(identities));
    out.push_back({std::string(kNamenodeImageFile), std::move(image), 0400});
  }
  std::sort(out.begin(), out.end(), [](const RenderedFile& a, const RenderedFile& b) {
    return a.path < b.path;
  });
  return out;
}

}  // namespace tusker
