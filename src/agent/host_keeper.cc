#include "agent/host_keeper.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "agent/desired_cache.h"
#include "agent/host_facts.h"
#include "agent/mounts.h"
#include "base/file.h"
#include "base/ids.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr int kNodeThreads = 4;
constexpr std::uint64_t kRunFolderBytes = 256ULL << 20;

std::uint64_t hard_nofile_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::uint64_t>(limit.rlim_max)
                                                 : 1024;
}

}  // namespace

HostKeeper::HostKeeper(Parts parts, std::function<void()> changed)
    : parts_(std::move(parts)),
      changed_(std::move(changed)),
      runc_(parts_.host, parts_.runner),
      artifacts_(parts_.host, parts_.blobs),
      firewall_(parts_.host, parts_.runner),
      tools_{parts_.host,
             parts_.runner,
             artifacts_,
             runc_,
             OomRange::of_this_process(),
             hard_nofile_limit()},
      node_workers_(parts_.loop, "tk-node", kNodeThreads),
      artifact_workers_(parts_.loop, "tk-artifact", 2),
      network_workers_(parts_.loop, "tk-network", 1),
      look_workers_(parts_.loop, "tk-look", 1) {}

HostKeeper::~HostKeeper() = default;

Status HostKeeper::start() {
  const HostLayout& host = parts_.host;
  TK_TRY_VOID(ensure_directory(host.folder, 0700));
  TK_TRY_VOID(ensure_directory(host.nodes(), 0700));
  TK_TRY_VOID(ensure_directory(host.run, 0700));
  TK_TRY(const MountTable table, MountTable::read());
  // Of its own and in memory whatever /run is: secrets never reach a disk, and a reboot empties it.
  if (!table.is_mount_point(host.run)) TK_TRY_VOID(mount_tmpfs(host.run, kRunFolderBytes, 0700));
  TK_TRY_VOID(ensure_directory(host.runc_root(), 0700));
  TK_TRY_VOID(runc_.settle());
  TK_TRY_VOID(artifacts_.remove_partial());

  std::error_code failure;
  for (const auto& there : std::filesystem::directory_iterator(host.nodes(), failure)) {
    const std::string id = there.path().filename().string();
    if (!is_node_id(id)) continue;
    runc_.end_strangers(NodeLayout(host, id));
    entry(id);
  }
  facts_ = read_host_facts(host.folder, parts_.host_name);

  Result<std::optional<link::Desired>> cached = load_desired(host);
  if (!cached.ok()) {
    parts_.log.error("agent.desired.unreadable", {{"error", cached.error().message()}});
  } else if (*cached) {
    apply(std::make_shared<const link::Desired>(**std::move(cached)));
  }
  schedule_look();
  prune_logs();
  return ok_status();
}

void HostKeeper::take(link::Desired desired) {
  const link::Generation& newest = pending_ ? pending_->generation() : seen_;
  if (is_older(desired.generation(), newest)) {
    parts_.log.warn("agent.desired.refused",
                    {{"epoch", desired.generation().epoch()},
                     {"commit", desired.generation().commit()},
                     {"newest_epoch", newest.epoch()},
                     {"newest_commit", newest.commit()}});
    changed_();
    return;
  }
  pending_ = std::make_shared<const link::Desired>(std::move(desired));
  save_pending();
}

// Saved before it is in force: what was removed must not come back from an older file after a power
// cut.
void HostKeeper::save_pending() {
  if (saving_) return;
  saving_ = true;
  look_workers_.submit(
      [host = parts_.host, desired = pending_] { return save_desired(host, *desired); },
      [this, desired = pending_](const Status& saved) {
        saving_ = false;
        if (!saved.ok()) {
          // A full disk must not keep nodes from being removed, which is what frees it.
          parts_.log.error("agent.desired.not_saved", {{"error", saved.error().message()}});
        }
        if (pending_ == desired) pending_.reset();
        apply(desired);
        if (pending_) save_pending();
      });
}

void HostKeeper::apply(std::shared_ptr<const link::Desired> desired) {
  desired_ = std::move(desired);
  seen_ = desired_->generation();
  parts_.log.info("agent.desired",
                  {{"epoch", seen_.epoch()},
                   {"commit", seen_.commit()},
                   {"nodes", desired_->nodes_size()},
                   {"removed", desired_->removed_size()}});
  want_artifacts(*desired_);
  want_network(*desired_);
  want_nodes(*desired_);
  advance_all();
  changed_();
  schedule_look();
}

NodeEntry& HostKeeper::entry(const std::string& id) {
  std::unique_ptr<NodeEntry>& slot = nodes_[id];
  if (!slot) {
    slot = std::make_unique<NodeEntry>();
    slot->id = id;
  }
  return *slot;
}

std::shared_ptr<const NodeOrder> HostKeeper::order_for(const link::Desired& desired,
                                                       const link::Node& node) const {
  auto order = std::make_shared<NodeOrder>();
  order->node = node;
  order->subnet = subnet_;
  const auto is_needed = [&](const std::string& digest) {
    return digest == node.image() ||
           std::any_of(node.mounts().begin(), node.mounts().end(), [&](const link::Mount& mount) {
             return mount.digest() == digest;
           });
  };
  for (const link::Artifact& artifact : desired.artifacts()) {
    if (!is_needed(artifact.digest())) continue;
    const ArtifactKind kind =
        artifact.kind() == link::Artifact::PLAIN ? ArtifactKind::Plain : ArtifactKind::Squashfs;
    order->artifacts[artifact.digest()] = {artifact.digest(), artifact.size(), kind};
  }
  return order;
}

void HostKeeper::want_nodes(const link::Desired& desired) {
  std::set<std::string> named;
  for (const link::Node& node : desired.nodes()) {
    named.insert(node.id());
    NodeEntry& slot = entry(node.id());
    auto order = order_for(desired, node);
    slot.removing = false;
    slot.removed = false;
    if (slot.wanted && same_order(*slot.wanted, *order)) continue;
    slot.wanted = std::move(order);
    slot.failures = 0;
    slot.retry.cancel();
  }
  std::set<std::string> removed(desired.removed().begin(), desired.removed().end());
  for (const std::string& id : removed) {
    if (!is_node_id(id) || named.count(id) > 0)
      continue;  // it cannot be both; what is desired stays
    NodeEntry& slot = entry(id);
    slot.wanted.reset();
    if (!slot.removing) {
      slot.retry.cancel();
      slot.failures = 0;
    }
    slot.removing = true;
  }
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    NodeEntry& slot = *at->second;
    const bool told = named.count(at->first) > 0 || removed.count(at->first) > 0;
    if (!told) {
      slot.wanted.reset();
      slot.removing = false;
    }
    // A confirmed one that is not asked for any more is forgotten; an orphan is kept in sight.
    at = !told && slot.removed && !slot.busy ? nodes_.erase(at) : std::next(at);
  }
}

void HostKeeper::advance_all() {
  for (auto& [id, slot] : nodes_) advance(*slot);
}

void HostKeeper::advance(NodeEntry& slot) {
  update_reloads(slot);
  if (slot.busy || slot.retry.pending()) return;
  if (slot.removing) {
    if (!slot.removed) remove(slot);
    return;
  }
  if (!slot.wanted || is_fulfilled(slot)) return;
  if (!network_there_ || !has_artifacts(*slot.wanted)) return;
  make(slot);
}

bool HostKeeper::has_artifacts(const NodeOrder& order) const {
  return std::all_of(order.artifacts.begin(), order.artifacts.end(), [&](const auto& named) {
    const auto found = fetching_.find(named.first);
    return found != fetching_.end() && found->second.present;
  });
}

void HostKeeper::make(NodeEntry& slot) {
  slot.busy = true;
  node_workers_.submit([this, order = slot.wanted] { return make_node(tools_, *order); },
                       [this, id = slot.id, order = slot.wanted, began = parts_.loop.now()](
                           NodeMade made) { node_made(id, order, began, std::move(made)); });
}

void HostKeeper::node_made(const std::string& id,
                           std::shared_ptr<const NodeOrder> order,
                           Time began,
                           NodeMade made) {
  NodeEntry& slot = entry(id);
  slot.busy = false;
  const bool same_container =
      slot.container && made.container && slot.container->pid == made.container->pid;
  if (!same_container) {
    slot.container = made.container;
    slot.probing.clear();  // their processes are gone, and starts are counted anew
  }
  slot.files_digest = made.files_digest;
  if (slot.removing) {
    // Whatever became of it, it goes now.
  } else if (made.failure) {
    // What it was before, it still is: its roles are seen and steered by the order that was
    // fulfilled last.
    fail(slot, *std::move(made.failure));
  } else {
    slot.failure.reset();
    slot.failures = 0;
    slot.lost = false;
    slot.made = std::move(order);
    parts_.log.info(
        "agent.node.made",
        {{"node", id}, {"took", parts_.loop.now() - began}, {"started", !same_container}});
  }
  if (slot.container && slot.made) {
    slot.observer = std::make_shared<NodeObserver>(parts_.host, slot.made->node, slot.container);
  } else {
    slot.observer.reset();
    slot.probing.clear();
  }
  advance(slot);
  changed_();
  schedule_look();
}

void HostKeeper::fail(NodeEntry& slot, link::Failure failure) {
  const int exponent = std::min(slot.failures++, 6);
  const Duration delay = failure.permanent() ? std::chrono::seconds(60)
                                             : std::chrono::seconds(std::min(1 << exponent, 60));
  parts_.log.warn("agent.node.failed",
                  {{"node", slot.id},
                   {"what", failure.what()},
                   {"error", failure.message()},
                   {"again_in", delay}});
  slot.failure = std::move(failure);
  slot.retry = parts_.loop.after(delay, [this, &slot] { advance(slot); });
}

void HostKeeper::remove(NodeEntry& slot) {
  slot.busy = true;
  slot.failure.reset();  // of its making: what is told from now on is about its removal
  slot.observer.reset();
  slot.probing.clear();
  node_workers_.submit([this, id = slot.id] { return remove_node(parts_.host, runc_, id); },
                       [this, id = slot.id](const Status& status) { node_removed(id, status); });
}

void HostKeeper::node_removed(const std::string& id, const Status& status) {
  NodeEntry& slot = entry(id);
  slot.busy = false;
  slot.container.reset();
  slot.made.reset();
  slot.view = {};
  if (status.ok()) {
    slot.failure.reset();
    slot.failures = 0;
    slot.removed = true;
    parts_.log.info("agent.node.removed", {{"node", id}});
    keep_logs();
  } else {
    link::Failure failure;
    failure.set_what("remove the node");
    failure.set_message(as_message_text(status.error().message()));
    fail(slot, std::move(failure));
  }
  advance(slot);
  changed_();
}

link::Observed HostKeeper::observed() const {
  link::Observed observed;
  *observed.mutable_seen() = seen_;
  *observed.mutable_facts() = facts_;
  for (const auto& [id, slot] : nodes_) {
    if (slot->removing && slot->removed) {
      observed.add_removed(id);
    } else if (is_orphan(*slot)) {
      observed.add_orphans(id);
    } else {
      *observed.add_nodes() = status_of(*slot);
      link::NodeStatus& status = *observed.mutable_nodes(observed.nodes_size() - 1);
      if (!network_error_.empty() && !slot->container && !slot->failure && slot->wanted) {
        status.set_state(link::NodeStatus::FAILED);
        status.mutable_failure()->set_what("make the host's network");
        status.mutable_failure()->set_message(network_error_);
      }
    }
  }
  for (const link::KeptLogs& logs : kept_logs_) *observed.add_kept_logs() = logs;
  for (const link::Orphan& orphan : orphan_facts_) {
    const auto slot = nodes_.find(orphan.node_id());
    if (slot != nodes_.end() && is_orphan(*slot->second)) *observed.add_orphan_facts() = orphan;
  }
  for (const auto& [digest, fetching] : fetching_) {
    link::ArtifactStatus& status = *observed.add_artifacts();
    status.set_digest(digest);
    status.set_present(fetching.present);
    status.set_bytes_done(fetching.present ? fetching.artifact.size : artifacts_.progress(digest));
    status.set_error(fetching.error);
  }
  return observed;
}

std::vector<std::string> HostKeeper::orphans() const {
  std::vector<std::string> ids;
  for (const auto& [id, slot] : nodes_)
    if (is_orphan(*slot)) ids.push_back(id);
  return ids;
}

Result<HostKeeper::Running> HostKeeper::running(const std::string& node) const {
  const auto found = nodes_.find(node);
  if (found == nodes_.end())
    return Error::make(ErrorCode::NotFound, "node {} is not on this host", node);
  const NodeEntry& slot = *found->second;
  if (!slot.container || !slot.made || !slot.container->alive()) {
    return Error::make(ErrorCode::Unavailable, "node {} does not run now", node);
  }
  return Running{slot.made, slot.container};
}

}  // namespace tusker
