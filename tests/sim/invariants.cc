// What holds after every event, whatever went wrong before it.
#include <map>
#include <set>

#include "control/desired_state.h"
#include "model/network.h"
#include "model/transitions.h"
#include "sim/world.h"

namespace tusker::sim {

void World::break_invariant(std::string what) {
  if (broken_.empty()) broken_ = std::move(what);
}

// Nothing is told before it is true: what a frame says is on the disk when it leaves.
void World::note_told(const link::ServerFrame& frame) {
  if (!frame.has_desired()) return;
  const auto stored = [&](const std::string& id) -> std::optional<store::Node> {
    const auto row = disk_.rows.find({store::NODE, id});
    if (row == disk_.rows.end()) return std::nullopt;
    store::Node node;
    node.ParseFromString(row->second);
    return node;
  };
  for (const link::Node& node : frame.desired().nodes()) {
    // It may have been removed meanwhile, never not yet recorded: ids are not reused.
    if (!stored(node.id()) && model().node(node.id()) != nullptr)
      break_invariant(node.id() + " is told before it is durable");
  }
  for (const std::string& id : frame.desired().removed()) {
    const std::optional<store::Node> row = stored(id);
    if (row && !row->removing())
      break_invariant("the removal of " + id + " is told before it is durable");
  }
}

void World::check() {
  // What these look at changes with commits only, and most events make none.
  const std::pair now(crashes_, static_cast<std::uint64_t>(server_->journal->current()));
  if (now != checked_) {
    checked_ = now;
    check_nodes();
    check_flows();
    check_hosts();
  }
  if (answered_ && !disk_.rows.contains({store::FLOW, fmt::format("{}", *answered_)})) {
    break_invariant(fmt::format("flow {} was answered and is not on the disk", *answered_));
  }
  if (answered_job_ && !disk_.rows.contains({store::JOB, fmt::format("{}", *answered_job_)})) {
    break_invariant(fmt::format("job {} was answered and is not on the disk", *answered_job_));
  }
}

void World::check_nodes() {
  std::map<std::string, std::size_t> uses;
  for (const auto& [id, node] : model().nodes()) {
    const store::Cluster* owner = model().cluster(node.cluster_id());
    if (owner == nullptr || has_ended(owner->state()))
      break_invariant("node " + id + " without a cluster");
    for (const store::File& file : node.files()) {
      if (file.digest().empty()) continue;
      ++uses[file.digest()];
      if (model().file(file.digest()) == nullptr)
        break_invariant("node " + id + " lacks file " + file.path());
    }
  }
  for (const auto& [digest, file] : model().files()) {
    if (uses[digest] == 0) break_invariant("file " + digest + " is of no node");
    if (uses[digest] != model().uses_of_file(digest))
      break_invariant("the uses of file " + digest + " are miscounted");
  }
}

void World::check_flows() {
  std::map<std::string, int> flows_of;
  for (const auto& [id, flow] : model().flows()) {
    if (++flows_of[flow.cluster_id()] > 1) break_invariant("two flows of one cluster in memory");
    const bool ended = flow.outcome() != store::Flow::UNFINISHED;
    const store::Cluster* owner = model().cluster(flow.cluster_id());
    if (owner == nullptr || owner->flow_id() != id || owner->flow_running() == ended) {
      break_invariant(fmt::format("flow {} and its cluster disagree", id));
    }
    const bool failed =
        flow.outcome() == store::Flow::FAILED || flow.outcome() == store::Flow::CANCELLED;
    if (failed && (flow.reason().message().empty() || flow.reason().stage().empty())) {
      break_invariant(fmt::format("flow {} failed without a reason", id));
    }
    if (flow.direction() == store::Flow::UNWINDING && flow.reason().message().empty()) {
      break_invariant(fmt::format("flow {} unwinds without a reason", id));
    }
    if (flow.reason().log_size() > 50) break_invariant("a reason with more than 50 lines");
  }
  for (const auto& [id, row] : model().clusters()) {
    if (row.flow_running() && model().running_flow(id) == nullptr)
      break_invariant("cluster " + id + " waits for no flow");
    if (row.state() == store::Cluster::CREATE_FAILED && row.failure().message().empty()) {
      break_invariant("cluster " + id + " failed without a reason");
    }
  }
}

void World::check_hosts() {
  for (const auto& [id, host] : model().hosts()) {
    std::uint64_t memory = 0;
    std::set<std::string> addresses;
    for (const auto& [node_id, node] : model().nodes_on(id)) {
      memory += node->spec().memory_bytes();
      if (!addresses.insert(node->address()).second)
        break_invariant("address " + node->address() + " is used twice");
      if (!parse_cidr(host.subnet()).value().contains(parse_address(node->address()).value())) {
        break_invariant("address " + node->address() + " is not of its host's subnet");
      }
    }
    if (memory > host.memory_bytes())
      break_invariant("the memory of host " + id + " is overcommitted");
    if (memory != model().reserved_on(id).memory_bytes)
      break_invariant("the reservations of host " + id + " are miscounted");
    const Result<link::Desired> desired = desired_state_of(model(), HostId(id), sealer_);
    if (!desired.ok()) break_invariant(desired.error().message());
    for (const link::Node& node : desired->nodes()) {
      const store::Cluster* owner = model().cluster(node.cluster_id());
      if (owner->state() == store::Cluster::TERMINATING)
        break_invariant("a terminating cluster's node is desired");
    }
  }
}

}  // namespace tusker::sim
