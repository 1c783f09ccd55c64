#include "server/metrics.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "control/reported.h"
#include "model/cluster_status.h"
#include "model/transitions.h"
#include "server/exposition.h"

namespace tusker::server {
namespace {

constexpr std::string_view kGauge = "gauge";
constexpr std::string_view kCounter = "counter";

// A node that is, with what its host says of it, if it says anything.
struct NodeSample {
  const store::Node& node;
  const store::Cluster& cluster;
  const link::NodeStatus* status;
};

class Writer {
 public:
  Writer(const Model& model, Exposition& out) : model_(model), out_(out) {
    for (const auto& [id, node] : model.nodes()) {
      if (!node.removing())
        nodes_.push_back({node, *model.cluster(node.cluster_id()), model.status_of(node)});
    }
  }

  template <typename Value>
  void hosts(std::string_view name, std::string_view help, Value value) {
    out_.family(name, kGauge, help);
    for (const auto& [id, host] : model_.hosts())
      out_.sample({{"host", host.name()}, {"id", id}},
                  static_cast<double>(value(host, model_.observed(id))));
  }

  template <typename Value>
  void nodes(std::string_view name, std::string_view help, Value value) {
    out_.family(name, kGauge, help);
    for (const NodeSample& sample : nodes_) {
      out_.sample({{"cluster", sample.cluster.id()},
                   {"name", sample.cluster.name()},
                   {"node", sample.node.name()}},
                  static_cast<double>(value(sample)));
    }
  }

  // Of processes that their hosts report; `value` yields nothing where there is none.
  template <typename Value>
  void roles(std::string_view name, std::string_view help, Value value) {
    out_.family(name, kGauge, help);
    for (const NodeSample& sample : nodes_) {
      if (sample.status == nullptr) continue;
      for (const link::RoleStatus& role : sample.status->roles()) {
        const std::optional<double> found = value(role);
        if (!found) continue;
        out_.sample({{"cluster", sample.cluster.id()},
                     {"name", sample.cluster.name()},
                     {"node", sample.node.name()},
                     {"role", role.name()}},
                    *found);
      }
    }
  }

 private:
  const Model& model_;
  Exposition& out_;
  std::vector<NodeSample> nodes_;
};

std::optional<double> fact_of(const link::RoleStatus& role, const std::string& fact) {
  const auto found = role.facts().find(fact);
  if (found == role.facts().end()) return std::nullopt;
  double value = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto [rest, failure] = std::from_chars(found->second.data(), end, value);
  if (failure != std::errc() || rest != end) return std::nullopt;
  return value;
}

// "hdfs.blocks.missing" -> "tusker_hdfs_blocks_missing"
std::string metric_name(std::string_view name) {
  std::string text = fmt::format("tusker_{}", name);
  std::replace(text.begin(), text.end(), '.', '_');
  return text;
}

void write_hosts(Writer& writer, const Model& model) {
  writer.hosts("tusker_host_connected",
               "Whether the host's agent is connected.",
               [](const store::Host&, const ObservedHost* seen) {
                 return seen != nullptr && seen->connected ? 1 : 0;
               });
  writer.hosts("tusker_host_memory_bytes",
               "Memory of the host.",
               [](const store::Host& host, const ObservedHost*) { return host.memory_bytes(); });
  writer.hosts("tusker_host_memory_reserved_bytes",
               "Memory that nodes on the host hold.",
               [&](const store::Host& host, const ObservedHost*) {
                 return model.reserved_on(host.id()).memory_bytes;
               });
  writer.hosts("tusker_host_disk_free_bytes",
               "Free disk where the agent keeps nodes.",
               [](const store::Host&, const ObservedHost* seen) {
                 return seen == nullptr ? 0 : seen->facts.disk_free_bytes();
               });
}

void write_nodes(Writer& writer) {
  writer.nodes(
      "tusker_node_running",
      "Whether the node's container runs with the files it shall have.",
      [](const NodeSample& sample) {
        return sample.status != nullptr && sample.status->state() == link::NodeStatus::RUNNING ? 1
                                                                                               : 0;
      });
  writer.nodes("tusker_node_memory_limit_bytes",
               "Memory that the node may use.",
               [](const NodeSample& sample) { return sample.node.spec().memory_bytes(); });
  writer.nodes("tusker_node_memory_used_bytes",
               "Memory that the node uses, page cache included.",
               [](const NodeSample& sample) {
                 return sample.status == nullptr ? 0 : sample.status->memory_used_bytes();
               });
  writer.nodes(
      "tusker_node_disk_used_bytes", "What the node's disks hold.", [](const NodeSample& sample) {
        return sample.status == nullptr ? 0 : sample.status->disk_used_bytes();
      });
}

void write_roles(Writer& writer, const Definitions& definitions) {
  writer.roles("tusker_role_ready",
               "Whether all probes of the process are answered as they should be.",
               [](const link::RoleStatus& role) -> std::optional<double> {
                 return role.state() == link::RoleStatus::READY ? 1 : 0;
               });
  writer.roles(
      "tusker_role_restarts",
      "How often the process has ended by itself since its node was made or an operator started "
      "it.",
      [](const link::RoleStatus& role) -> std::optional<double> { return role.restarts(); });
  writer.roles("tusker_role_memory_bytes",
               "Resident memory of the process.",
               [](const link::RoleStatus& role) -> std::optional<double> {
                 return static_cast<double>(role.memory_bytes());
               });
  for (const ComponentDefinition& component : definitions.components) {
    for (const MetricDefinition& metric : component.metrics) {
      writer.roles(metric_name(metric.name),
                   fmt::format("{} of the {}, in {}.", metric.fact, metric.role, metric.unit),
                   [&](const link::RoleStatus& role) {
                     return role.name() == metric.role ? fact_of(role, metric.fact) : std::nullopt;
                   });
    }
  }
}

void write_clusters(const Model& model, Exposition& out) {
  out.family("tusker_cluster_info", kGauge, "1 for each cluster, with what it is doing.");
  for (const auto& [id, cluster] : model.clusters()) {
    if (has_ended(cluster.state())) continue;
    out.sample({{"cluster", id}, {"name", cluster.name()}, {"state", status_text(cluster)}}, 1);
  }
}

void write_work(const Model& model, Exposition& out, WallTime now) {
  out.family("tusker_flow_running_seconds", kGauge, "For how long an operation has been running.");
  for (const std::int64_t id : model.unfinished_flows()) {
    const store::Flow& flow = *model.flow(FlowId{id});
    out.sample({{"cluster", flow.cluster_id()},
                {"flow", std::to_string(id)},
                {"kind", store::Flow::Kind__Name(flow.kind())},
                {"stage", flow.stage()}},
               static_cast<double>(now.ms - flow.started_wall_ms()) / 1000);
  }
  out.family("tusker_jobs_unfinished", kGauge, "Jobs of a cluster that have not finished.");
  for (const auto& [id, cluster] : model.clusters()) {
    if (has_ended(cluster.state())) continue;
    out.sample({{"cluster", id}, {"name", cluster.name()}},
               static_cast<double>(model.unfinished_jobs_of(id).size()));
  }
}

void write_calls(const api::CallCounts& calls, Exposition& out) {
  out.family("tusker_api_calls_total",
             kCounter,
             "Calls that were answered since the server started, by action and code.");
  for (const auto& [action, codes] : calls.by_action()) {
    for (const auto& [code, count] : codes)
      out.sample({{"action", action}, {"code", code}}, static_cast<double>(count));
  }
}

}  // namespace

std::string metrics_text(const Model& model,
                         const Definitions& definitions,
                         const api::CallCounts& calls,
                         std::string_view version,
                         WallTime now) {
  Exposition out;
  out.family("tusker_build_info", kGauge, "1, with the version of the server.");
  out.sample({{"version", version}}, 1);
  Writer writer(model, out);
  write_hosts(writer, model);
  write_clusters(model, out);
  write_nodes(writer);
  write_roles(writer, definitions);
  write_work(model, out, now);
  write_calls(calls, out);
  return out.text();
}

}  // namespace tusker::server
