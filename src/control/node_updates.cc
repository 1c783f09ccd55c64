#include "control/node_updates.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>

#include "base/encoding.h"
#include "base/file_set.h"
#include "control/findings.h"
#include "control/node_checks.h"
#include "control/reported.h"
#include "model/transitions.h"

namespace tusker {
namespace {

void set_files(store::Node& node, std::vector<store::File> rendered) {
  std::vector<store::File> files;
  for (store::File& file : *node.mutable_files()) {
    if (!file.sealed_content().empty()) files.push_back(std::move(file));
  }
  node.clear_files();
  for (store::File& file : rendered) *node.add_files() = std::move(file);
  for (store::File& file : files) *node.add_files() = std::move(file);
}

// How many more nodes' files name each digest.
class Uses {
 public:
  void count(const store::Node& node, int by) {
    for (const store::File& file : node.files()) {
      if (!file.digest().empty()) more_[file.digest()] += by;
    }
  }
  void settle(const Model& model, std::vector<store::FileContent> contents, Change& change) const {
    for (store::FileContent& content : contents) {
      if (model.file(content.digest()) == nullptr && left(model, content.digest()) > 0)
        change.put(std::move(content));
    }
    for (const auto& [digest, more] : more_) {
      if (model.file(digest) != nullptr && left(model, digest) <= 0)
        change.remove(store::FILE, digest);
    }
  }

 private:
  int left(const Model& model, const std::string& digest) const {
    const auto found = more_.find(digest);
    return static_cast<int>(model.uses_of_file(digest)) +
           (found == more_.end() ? 0 : found->second);
  }

  std::map<std::string, int> more_;
};

store::Event not_rendered(const StageView& view, const Error& error) {
  store::Event event;
  event.set_wall_ms(view.wall.ms);
  event.set_kind("nodes.not_rendered");
  event.set_severity("error");
  event.set_cluster_id(view.flow.cluster_id());
  event.set_flow_id(view.flow.id());
  event.set_actor("tusker");
  event.set_text(fmt::format("nodes keep the files they have: {}", error.message()));
  return event;
}

const store::Node* find_in(const std::vector<store::Node>& nodes, const std::string& id) {
  const auto found = std::find_if(
      nodes.begin(), nodes.end(), [&](const store::Node& one) { return one.id() == id; });
  return found == nodes.end() ? nullptr : &*found;
}

// As record_nodes(); the rows of `gone` go in the same change.
Change record(const Model& model,
              std::vector<store::Node> nodes,
              const std::vector<store::Node>& gone,
              ClusterFiles files) {
  Change change;
  Uses uses;
  for (store::Node& node : nodes) {
    if (const auto rendered = files.of_node.find(node.id()); rendered != files.of_node.end())
      set_files(node, std::move(rendered->second));
    const store::Node* const before = model.node(node.id());
    if (before != nullptr && google::protobuf::util::MessageDifferencer::Equals(*before, node))
      continue;
    if (before != nullptr) uses.count(*before, -1);
    uses.count(node, 1);
    change.put(std::move(node));
  }
  for (const store::Node& node : gone) {
    uses.count(node, -1);
    change.remove(store::NODE, node.id());
  }
  uses.settle(model, std::move(files.contents), change);
  return change;
}

// `nodes` are all that the cluster has from now on.
Change render_and_record(const StageView& view,
                         std::vector<store::Node> nodes,
                         const std::vector<store::Node>& gone) {
  std::vector<store::Host> hosts;
  for (const auto& [id, host] : view.model.hosts()) hosts.push_back(host);
  std::vector<store::Bundle> bundles;
  for (const auto& [digest, bundle] : view.model.bundles()) bundles.push_back(bundle);
  const store::Cluster& cluster = *view.model.cluster(view.flow.cluster_id());
  Result<ClusterFiles> files = view.rules.render(cluster, nodes, hosts, bundles);
  if (files.ok()) return record(view.model, std::move(nodes), gone, *std::move(files));
  Change change = record(view.model, std::move(nodes), gone, {});
  change.append(not_rendered(view, files.error()));
  return change;
}

// Of roles that read files while they run: whether all of them count, or only those that are ready.
// The others will have read them when they are.
enum class Readers { All, Ready };

bool reads_while_running(const store::Node& node) {
  return std::any_of(node.roles().begin(), node.roles().end(), [](const store::Role& role) {
    return role.has_reload() && !role.stopped();
  });
}

void find_reload(const StageView& view,
                 const store::Node& node,
                 const store::Role& role,
                 Readers readers,
                 Findings& findings) {
  const link::NodeStatus* const status = view.model.status_of(node);
  const link::RoleStatus* const reported =
      status == nullptr ? nullptr : role_in(*status, role.name());
  if (reported != nullptr && reported->reloaded() == reload_tag(node, role.reload())) return;
  const bool ready = reported != nullptr && reported->state() == link::RoleStatus::READY;
  if (!ready && readers == Readers::Ready) return;
  store::Failure suspect = about(view.model, node);
  suspect.set_role(role.name());
  suspect.set_what("reload");
  std::string line =
      fmt::format("{} on {} has not read its files again yet", role.name(), node.name());
  if (reported != nullptr && !ready) {
    line += fmt::format(": it is {}", word_of(reported->state()));
  } else if (reported != nullptr && !reported->reload_error().empty()) {
    line += ": " + cut_text(reported->reload_error(), 500);
  }
  findings.add(Findings::Patience, std::move(line), std::move(suspect));
}

void find_update(const StageView& view,
                 const store::Node& node,
                 Readers readers,
                 Findings& findings) {
  if (const std::string silence = silence_of(view, node.host_id()); !silence.empty()) {
    // It gets them when its host is back.
    if (readers == Readers::Ready || !reads_while_running(node)) return;
    findings.add(
        Findings::Silence, fmt::format("{}: {}", node.name(), silence), about(view.model, node));
    return;
  }
  const link::NodeStatus* const status = view.model.status_of(node);
  if (status == nullptr || status->files_digest() != files_digest(node)) {
    const bool failed = status != nullptr && !status->failure().message().empty();
    findings.add(
        failed ? Findings::Trouble : Findings::Patience,
        fmt::format("{}: host {} is bringing its files up to date",
                    node.name(),
                    host_name(view.model, node.host_id())),
        failed ? failure_of(view.model, node, status->failure()) : about(view.model, node));
    return;
  }
  for (const store::Role& role : node.roles()) {
    if (role.has_reload() && !role.stopped()) find_reload(view, node, role, readers, findings);
  }
}

Outcome check_updated(const StageView& view, Readers readers) {
  Findings findings;
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    if (!node->prepared() && !node->removing()) find_update(view, *node, readers, findings);
  }
  return std::move(findings).outcome();
}

}  // namespace

Change record_nodes(const Model& model, std::vector<store::Node> nodes, ClusterFiles files) {
  return record(model, std::move(nodes), {}, std::move(files));
}

Change drop_rows(const Model& model, const std::vector<store::Node>& gone) {
  return record(model, {}, gone, {});
}

Change drop_nodes(const StageView& view, const std::vector<store::Node>& gone) {
  if (!serves(view.model.cluster(view.flow.cluster_id())->state()))
    return drop_rows(view.model, gone);
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    if (!node->removing() && find_in(gone, node->id()) == nullptr) nodes.push_back(*node);
  }
  // Without a master there is nobody whom files could name.
  const bool headless = std::none_of(nodes.begin(), nodes.end(), [](const store::Node& node) {
    return node.type() == store::MASTER;
  });
  if (headless) return drop_rows(view.model, gone);
  return render_and_record(view, std::move(nodes), gone);
}

Change update_nodes(const StageView& view, const std::vector<store::Node>& changed) {
  std::vector<store::Node> nodes;
  for (const auto& [order, node] : view.model.nodes_of(view.flow.cluster_id())) {
    const store::Node* const other = find_in(changed, node->id());
    const store::Node& row = other == nullptr ? *node : *other;
    if (!row.removing()) nodes.push_back(row);
  }
  return render_and_record(view, std::move(nodes), {});
}

Change forget_nodes(const StageView& view) {
  return update_nodes(view, {});
}

Outcome check_nodes_updated(const StageView& view) {
  return check_updated(view, Readers::All);
}

Outcome check_nodes_informed(const StageView& view) {
  return check_updated(view, Readers::Ready);
}

std::string files_digest(const store::Node& node) {
  FileSet set;
  for (const store::File& file : node.files()) {
    if (file.sealed_content().empty())
      set.files[file.path()] = {file.mode() == 0 ? 0644 : file.mode() & 0777, file.digest()};
  }
  return set.digest();
}

std::string reload_tag(const store::Node& node, const store::Reload& reload) {
  std::string digests;
  for (const std::string& path : reload.files()) {
    for (const store::File& file : node.files()) {
      if (file.path() == path) digests += file.digest() + "\n";
    }
  }
  return sha256_hex(digests);
}

}  // namespace tusker
