// The duties of the keeper that are not a node's life: artifacts, bridge and firewall, looking at
// nodes, logs of nodes that are gone.
#include "agent/desired_cache.h"
#include "agent/host_facts.h"
#include "agent/host_keeper.h"
#include "agent/kept_logs.h"
#include "agent/network.h"
#include "agent/orphans.h"
#include "base/encoding.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr Duration kLookWhileChanging = std::chrono::milliseconds(100);
constexpr Duration kLookWhileSettled = std::chrono::seconds(1);
constexpr Duration kFiguresInterval = std::chrono::seconds(5);
constexpr Duration kNetworkCheck = std::chrono::seconds(60);
constexpr Duration kNetworkRetry = std::chrono::seconds(2);
constexpr Duration kPruneInterval = std::chrono::hours(1);
constexpr int kMaxFetchExponent = 5;  // back-off up to 32 s

}  // namespace

struct HostKeeper::Look {
  std::string id;
  std::shared_ptr<NodeObserver> observer;
  NodeView view;
};

// ---- artifacts

void HostKeeper::want_artifacts(const link::Desired& desired) {
  std::set<std::string> named;
  for (const link::Artifact& artifact : desired.artifacts()) {
    if (!is_digest(artifact.digest())) continue;  // the node that names it says so
    named.insert(artifact.digest());
    Fetching& fetching = fetching_[artifact.digest()];
    const ArtifactKind kind =
        artifact.kind() == link::Artifact::PLAIN ? ArtifactKind::Plain : ArtifactKind::Squashfs;
    fetching.artifact = {artifact.digest(), artifact.size(), kind};
    if (!fetching.present) fetching.present = artifacts_.is_present(fetching.artifact);
    fetch(fetching);
  }
  for (auto at = fetching_.begin(); at != fetching_.end();) {
    at = named.count(at->first) == 0 && !at->second.busy ? fetching_.erase(at) : std::next(at);
  }
}

void HostKeeper::fetch(Fetching& fetching) {
  if (fetching.present || fetching.busy || fetching.retry.pending()) return;
  fetching.busy = true;
  const std::string digest = fetching.artifact.digest;
  artifact_workers_.submit(
      [this, artifact = fetching.artifact] { return artifacts_.ensure(artifact); },
      [this, digest](const Status& status) {
        Fetching& done = fetching_.at(digest);
        done.busy = false;
        done.present = status.ok();
        done.error = status.ok() ? "" : as_message_text(status.error().message(), 500);
        if (status.ok()) {
          done.failures = 0;
          advance_all();
        } else {
          parts_.log.warn("agent.artifact.failed", {{"digest", digest}, {"error", done.error}});
          const Duration delay =
              std::chrono::seconds(1 << std::min(done.failures++, kMaxFetchExponent));
          done.retry = parts_.loop.after(delay, [this, digest] {
            if (const auto again = fetching_.find(digest); again != fetching_.end())
              fetch(again->second);
          });
        }
        changed_();
      });
}

// ---- bridge and firewall

void HostKeeper::want_network(const link::Desired& desired) {
  if (desired.subnet().empty()) return;  // no node may be here then
  const Result<Ipv4Network> subnet = Ipv4Network::parse(desired.subnet());
  if (!subnet.ok()) {
    network_error_ = "subnet: " + subnet.error().message();
    return;
  }
  PeerTable peers;
  for (const link::Node& node : desired.nodes()) {
    std::vector<std::string>& allowed = peers[node.address()];
    // Rules are text for another program: only what is an address becomes part of it.
    for (const std::string& peer : node.peers()) {
      if (Ipv4::parse(peer).ok()) allowed.push_back(peer);
    }
    if (!Ipv4::parse(node.address()).ok()) peers.erase(node.address());
  }
  const bool same = network_there_ && subnet->base == subnet_.base &&
                    subnet->prefix == subnet_.prefix && peers == peers_;
  subnet_ = *subnet;
  peers_ = std::move(peers);
  if (same) return;
  network_wanted_ = true;
  make_network();
}

void HostKeeper::make_network() {
  if (network_busy_ || !network_wanted_) return;
  network_busy_ = true;
  network_wanted_ = false;
  network_workers_.submit(
      [this, subnet = subnet_, peers = peers_]() -> Status {
        TK_TRY_VOID(ensure_bridge(parts_.host, subnet));
        return firewall_.apply(peers);
      },
      [this](const Status& status) {
        network_busy_ = false;
        network_error_ = status.ok() ? "" : as_message_text(status.error().message());
        if (status.ok()) {
          network_there_ = true;
          advance_all();
          make_network();
          if (!network_check_.pending()) check_network();
        } else {
          parts_.log.error("agent.network.failed", {{"error", network_error_}});
          network_wanted_ = true;
          network_retry_ = parts_.loop.after(kNetworkRetry, [this] { make_network(); });
        }
        changed_();
      });
}

// Somebody may have flushed all rules, or Docker may have come with its own.
void HostKeeper::check_network() {
  network_check_ = parts_.loop.after(kNetworkCheck, [this] {
    network_workers_.submit(
        [this, subnet = subnet_]() -> Status {
          TK_TRY_VOID(ensure_bridge(parts_.host, subnet));
          return firewall_.check();
        },
        [this](const Status& status) {
          if (!status.ok())
            parts_.log.error("agent.network.check_failed", {{"error", status.error().message()}});
          check_network();
        });
  });
}

// ---- looking at nodes

void HostKeeper::schedule_look() {
  const bool settled = std::all_of(
      nodes_.begin(), nodes_.end(), [](const auto& named) { return is_settled(*named.second); });
  look_timer_ =
      parts_.loop.after(settled ? kLookWhileSettled : kLookWhileChanging, [this] { look(); });
}

void HostKeeper::look() {
  if (looking_) return;
  looking_ = true;
  std::vector<Look> looks;
  for (const auto& [id, slot] : nodes_) {
    if (slot->observer) looks.push_back({id, slot->observer, {}});
  }
  const bool with_figures = parts_.loop.now() >= figures_due_;
  if (with_figures) figures_due_ = parts_.loop.now() + kFiguresInterval;
  struct Seen {
    std::vector<Look> looks;
    link::HostFacts facts;
    std::vector<link::Orphan> orphans;
  };
  look_workers_.submit(
      [looks = std::move(looks),
       now = parts_.loop.wall(),
       with_figures,
       host = parts_.host,
       orphans = with_figures ? this->orphans() : std::vector<std::string>(),
       name = parts_.host_name]() mutable {
        Seen seen;
        for (Look& look : looks) look.view = look.observer->look(now, with_figures);
        if (with_figures) seen.facts = read_host_facts(host.folder, name);
        for (const std::string& id : orphans) seen.orphans.push_back(look_at_orphan(host, id));
        seen.looks = std::move(looks);
        return seen;
      },
      [this, with_figures](Seen seen) {
        looking_ = false;
        if (with_figures) {
          facts_ = std::move(seen.facts);
          orphan_facts_ = std::move(seen.orphans);
        }
        looked(std::move(seen.looks), with_figures);
        schedule_look();
      });
}

void HostKeeper::looked(std::vector<Look> looks, bool with_figures) {
  bool any = with_figures;
  for (Look& look : looks) {
    const auto slot = nodes_.find(look.id);
    // The node was made or removed meanwhile: what was seen is of before.
    if (slot == nodes_.end() || slot->second->observer != look.observer) continue;
    observe(*slot->second, std::move(look.view));
    any = true;
  }
  for (const auto& [digest, fetching] : fetching_) any = any || fetching.busy;
  if (any) changed_();
}

void HostKeeper::observe(NodeEntry& slot, NodeView view) {
  slot.view = std::move(view);
  if (slot.view.alive) {
    update_probes(slot);
    update_reloads(slot);
    watch_tasks(slot);
    return;
  }
  parts_.log.warn("agent.node.lost", {{"node", slot.id}});
  slot.lost = true;
  slot.container.reset();
  slot.observer.reset();
  slot.probing.clear();
  slot.task_seen.clear();
  slot.view = {};
  advance(slot);
}

void HostKeeper::update_probes(NodeEntry& slot) {
  std::set<std::string> running;
  for (const link::Role& role : slot.made->node.roles()) {
    const RoleService& seen = slot.view.roles[role.name()].service;
    if (!seen.supervised || !seen.supervised->running()) continue;
    running.insert(role.name());
    std::string definition;
    for (const link::Probe& probe : role.probes()) definition += probe.ShortDebugString() + "\n";
    NodeEntry::Probing& probing = slot.probing[role.name()];
    if (probing.start != seen.starts) probing = {};
    if (probing.probes && probing.definition == definition) continue;
    probing.start = seen.starts;
    probing.definition = std::move(definition);
    std::vector<link::Probe> probes(role.probes().begin(), role.probes().end());
    probing.probes = std::make_unique<RoleProbes>(
        parts_.loop, exchanger_, slot.made->node.address(), std::move(probes), [this, &slot] {
          update_reloads(slot);
          changed_();
        });
  }
  std::erase_if(slot.probing, [&](const auto& named) { return running.count(named.first) == 0; });
}

// Cheap and free to repeat: called when a role's readiness, the order or what was made of it
// changes.
void HostKeeper::update_reloads(NodeEntry& slot) {
  if (!slot.made) return;
  for (const link::Role& role : slot.made->node.roles()) {
    const auto found = slot.probing.find(role.name());
    if (found == slot.probing.end()) continue;
    NodeEntry::Probing& probing = found->second;
    if (!role.has_reload()) {
      probing.reload.reset();
      continue;
    }
    if (!probing.reload) {
      probing.reload = std::make_unique<RoleReload>(
          parts_.loop, exchanger_, parts_.random, slot.made->node.address(), [this] {
            changed_();
          });
    }
    if (is_fulfilled(slot) && probing.probes->ready()) {
      probing.reload->want(role.reload());
    } else {
      probing.reload->hold();
    }
  }
}

void HostKeeper::watch_tasks(NodeEntry& slot) {
  for (const link::TaskStatus& status : slot.view.tasks) {
    if (status.state() != link::TaskStatus::RUNNING) {
      slot.task_seen.erase(status.id());
      continue;
    }
    const Time since = slot.task_seen.emplace(status.id(), parts_.loop.now()).first->second;
    for (const link::Task& task : slot.made->node.tasks()) {
      const bool late = task.timeout_ms() > 0 &&
                        parts_.loop.now() - since > std::chrono::milliseconds(task.timeout_ms());
      if (task.id() == status.id() && (late || task.ends()))
        look_workers_.submit([observer = slot.observer, task] { observer->end(task); }, [] {});
    }
  }
}

// ---- logs

void HostKeeper::prune_logs() {
  keep_logs();
  prune_timer_ = parts_.loop.after(kPruneInterval, [this] { prune_logs(); });
}

void HostKeeper::keep_logs() {
  std::set<std::string> alive;
  for (const auto& [id, slot] : nodes_) {
    if (!slot->removed) alive.insert(id);
  }
  struct Kept {
    Status pruned;
    std::vector<link::KeptLogs> logs;
  };
  look_workers_.submit(
      [folder = parts_.host.folder + "/logs", alive = std::move(alive), now = parts_.loop.wall()] {
        Status pruned = prune_kept_logs(folder, alive, now);
        return Kept{std::move(pruned), list_kept_logs(folder, alive)};
      },
      [this](Kept kept) {
        if (!kept.pruned.ok())
          parts_.log.warn("agent.logs.prune_failed", {{"error", kept.pruned.error().message()}});
        kept_logs_ = std::move(kept.logs);
        changed_();
      });
}

}  // namespace tusker
