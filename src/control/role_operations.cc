#include "control/role_operations.h"

#include <algorithm>
#include <map>
#include <utility>

#include "control/findings.h"
#include "control/flow_registry.h"
#include "control/node_checks.h"
#include "control/reported.h"

namespace tusker {
namespace {

using store::RoleOperation;
using Item = store::RoleOperation::Item;

const store::Role* find_role_row(const store::Node& node, std::string_view name) {
  const auto found = std::find_if(node.roles().begin(),
                                  node.roles().end(),
                                  [&](const store::Role& role) { return role.name() == name; });
  return found == node.roles().end() ? nullptr : &*found;
}

const link::RoleStatus* reported_of(const Model& model,
                                    const store::Node& node,
                                    std::string_view role) {
  const ObservedHost* const host = model.observed(node.host_id());
  const link::NodeStatus* const status = model.status_of(node);
  if (host == nullptr || !host->connected || status == nullptr) return nullptr;
  return role_in(*status, role);
}

// Null when its node is gone, or on its way out.
const store::Role* role_of(const Model& model, const Item& item) {
  const store::Node* const node = model.node(item.node_id());
  return node == nullptr || node->removing() ? nullptr : find_role_row(*node, item.role());
}

// Rows of nodes, each copied when the first of its roles is changed.
class ChangedNodes {
 public:
  template <typename Function>
  void change(const Model& model, const Item& item, Function change_role) {
    store::Node& node =
        nodes_.try_emplace(item.node_id(), *model.node(item.node_id())).first->second;
    for (store::Role& role : *node.mutable_roles())
      if (role.name() == item.role()) change_role(role);
  }
  Change take() && {
    Change change;
    for (auto& [id, node] : nodes_) change.put(std::move(node));
    return change;
  }

 private:
  std::map<std::string, store::Node> nodes_;
};

bool is_ordered(RoleOperation::Verb verb, const Item& item, const store::Role& role) {
  if (verb == RoleOperation::STOP) return role.stopped();
  return !role.stopped() && role.restart_serial() >= item.restart_serial();
}

void order(RoleOperation::Verb verb, const Item& item, store::Role& role) {
  role.set_stopped(verb == RoleOperation::STOP);
  role.set_restart_serial(std::max(role.restart_serial(), item.restart_serial()));
}

bool is_reached(RoleOperation::Verb verb, const Item& item, const link::RoleStatus* reported) {
  if (reported == nullptr) return false;
  if (verb == RoleOperation::STOP) return reported->state() == link::RoleStatus::STOPPED;
  return reported->restart_serial() >= item.restart_serial() &&
         reported->state() == link::RoleStatus::READY;
}

// Of the items, from the first to the one behind the last.
struct Batch {
  int begin = 0;
  int end = 0;
};

std::vector<Batch> batches_of(const RoleOperation& operation) {
  const int all = operation.items_size();
  if (operation.batch() == 0) return {{0, all}};
  std::vector<Batch> batches;
  for (int i = 0; i < all; ++i) {
    const bool fits = !batches.empty() &&
                      i - batches.back().begin < static_cast<int>(operation.batch()) &&
                      operation.items(i).role() == operation.items(i - 1).role();
    if (fits) {
      batches.back().end = i + 1;
    } else {
      batches.push_back({i, i + 1});
    }
  }
  return batches;
}

// An item whose node or role is gone has nothing left to be done to it.
bool is_left(const StageView& view, const Item& item) {
  const store::Role* const role = role_of(view.model, item);
  return role != nullptr && !is_ordered(view.flow.operation().verb(), item, *role);
}

bool has_left(const StageView& view, const Batch& batch) {
  for (int i = batch.begin; i < batch.end; ++i)
    if (is_left(view, view.flow.operation().items(i))) return true;
  return false;
}

std::string shown(const store::Node& node, const Item& item) {
  return fmt::format("{} on {}", item.role(), node.name());
}

store::Failure suspect_of(const StageView& view, const store::Node& node, const Item& item) {
  store::Failure suspect = about(view.model, node);
  suspect.set_role(item.role());
  return suspect;
}

// Yields the reason when it never will be.
std::optional<store::Failure> find_item(const StageView& view,
                                        const Item& item,
                                        Findings& findings) {
  const store::Node* const node = view.model.node(item.node_id());
  const store::Role* const role = role_of(view.model, item);
  if (role == nullptr) return std::nullopt;
  const RoleOperation::Verb verb = view.flow.operation().verb();
  if (std::string silence = silence_of(view, node->host_id()); !silence.empty()) {
    findings.add(Findings::Silence,
                 fmt::format("{}: {}", shown(*node, item), silence),
                 suspect_of(view, *node, item));
    return std::nullopt;
  }
  const link::RoleStatus* const reported = reported_of(view.model, *node, item.role());
  if (is_reached(verb, item, reported)) return std::nullopt;
  if (verb != RoleOperation::STOP && reported != nullptr &&
      reported->restart_serial() >= item.restart_serial()) {
    return find_role(view, *node, *role, findings);
  }
  const std::string found =
      reported == nullptr ? "not reported" : std::string(word_of(reported->state()));
  findings.add(Findings::Patience,
               fmt::format("{}: {}, to be {}ed",
                           shown(*node, item),
                           found,
                           verb == RoleOperation::STOP ? "stopp" : word_of(verb)),
               suspect_of(view, *node, item));
  return std::nullopt;
}

Outcome check_items(const StageView& view, const Batch& batch) {
  Findings findings;
  for (int i = batch.begin; i < batch.end; ++i) {
    std::optional<store::Failure> never = find_item(view, view.flow.operation().items(i), findings);
    if (never) return Outcome::failed(*std::move(never));
  }
  return std::move(findings).outcome();
}

// The last one that was ordered.
Batch present_batch(const StageView& view) {
  Batch present;
  for (const Batch& batch : batches_of(view.flow.operation())) {
    if (has_left(view, batch)) break;
    present = batch;
  }
  return present;
}

}  // namespace

std::string_view word_of(RoleOperation::Verb verb) {
  switch (verb) {
    case RoleOperation::START:
      return "start";
    case RoleOperation::STOP:
      return "stop";
    default:
      return "restart";
  }
}

RoleOperation plan_operation(const Model& model, const RoleWish& wish) {
  RoleOperation operation;
  operation.set_verb(wish.verb);
  operation.set_batch(wish.batch);
  operation.set_pause_ms(static_cast<std::uint32_t>(wish.pause.count()));
  operation.set_skips_failed(wish.skips_failed);
  for (const RoleOfNode& one : wish.roles) {
    const store::Node* const node = model.node(one.node_id);
    const store::Role* const role = node == nullptr ? nullptr : find_role_row(*node, one.role);
    if (role == nullptr) continue;
    Item item;
    item.set_node_id(one.node_id);
    item.set_role(one.role);
    item.set_restart_serial(role->restart_serial());
    const bool as_wanted = is_ordered(wish.verb, item, *role) &&
                           is_reached(wish.verb, item, reported_of(model, *node, one.role));
    if (as_wanted && wish.verb != RoleOperation::RESTART) continue;
    // A start counts as a restart, so that one that keeps ending is started at once.
    if (wish.verb != RoleOperation::STOP) item.set_restart_serial(role->restart_serial() + 1);
    *operation.add_items() = std::move(item);
  }
  return operation;
}

Change order_batch(const StageView& view) {
  const RoleOperation& operation = view.flow.operation();
  ChangedNodes nodes;
  for (const Batch& batch : batches_of(operation)) {
    if (!has_left(view, batch)) continue;
    for (int i = batch.begin; i < batch.end; ++i) {
      const Item& item = operation.items(i);
      if (!is_left(view, item)) continue;
      nodes.change(
          view.model, item, [&](store::Role& role) { order(operation.verb(), item, role); });
    }
    break;
  }
  return std::move(nodes).take();
}

bool has_batch_left(const StageView& view) {
  const std::vector<Batch> batches = batches_of(view.flow.operation());
  return std::any_of(
      batches.begin(), batches.end(), [&](const Batch& batch) { return has_left(view, batch); });
}

Outcome check_batch(const StageView& view) {
  const RoleOperation& operation = view.flow.operation();
  const Duration waited = view.now - view.entered;
  Outcome outcome = check_items(view, present_batch(view));
  const bool last = !has_batch_left(view);
  if (outcome.kind == Outcome::Kind::Done && last && operation.verb() != RoleOperation::STOP)
    outcome = check_services_ready(view);
  if (outcome.kind != Outcome::Kind::Done && operation.skips_failed()) {
    const bool late =
        outcome.kind == Outcome::Kind::Failed ||
        waited >= deadline_of(stage_of(definition_of(view.flow.kind()), view.flow), view.flow);
    if (late) outcome = Outcome::done();
  }
  if (outcome.kind != Outcome::Kind::Done || last || waited >= pause_of(view.flow)) return outcome;
  return Outcome::waiting(
      {fmt::format("{} s until the next batch",
                   std::chrono::ceil<std::chrono::seconds>(pause_of(view.flow) - waited).count())},
      {});
}

Duration pause_of(const store::Flow& flow) {
  return std::chrono::milliseconds(flow.operation().pause_ms());
}

Change keep_roles(const StageView& view) {
  const RoleOperation& operation = view.flow.operation();
  if (operation.verb() != RoleOperation::STOP) return {};
  ChangedNodes nodes;
  for (const Item& item : operation.items()) {
    if (role_of(view.model, item) == nullptr) continue;
    nodes.change(view.model, item, [](store::Role& role) { role.set_stopped(false); });
  }
  return std::move(nodes).take();
}

std::vector<std::string> left_behind(const Model& model, const RoleOperation& operation) {
  std::vector<std::string> names;
  for (const Item& item : operation.items()) {
    const store::Node* const node = model.node(item.node_id());
    if (node == nullptr || node->removing()) continue;
    if (!is_reached(operation.verb(), item, reported_of(model, *node, item.role())))
      names.push_back(shown(*node, item));
  }
  return names;
}

bool may_stop(const Model& model, const store::Node& node, const store::Role& role) {
  for (const auto& [order, other] : model.nodes_of(node.cluster_id())) {
    for (const store::Role& later : other->roles()) {
      const bool needs =
          std::find(later.after().begin(), later.after().end(), role.name()) != later.after().end();
      if (!needs || !later.stopped()) continue;
      const link::RoleStatus* const reported = reported_of(model, *other, later.name());
      if (reported != nullptr && reported->state() != link::RoleStatus::STOPPED) return false;
    }
  }
  return true;
}

}  // namespace tusker
