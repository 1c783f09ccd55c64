#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "control/flow.h"

namespace tusker {

// What an operator does to roles: which of the API's verbs, in which batches.

struct RoleOfNode {
  std::string node_id;
  std::string role;
};

struct RoleWish {
  store::RoleOperation::Verb verb = store::RoleOperation::NOTHING;
  std::vector<RoleOfNode>
      roles;                // of one cluster; in the order of batches, those of one name together
  std::uint32_t batch = 0;  // 0: all at once
  std::chrono::milliseconds pause{0};
  bool skips_failed = false;
};

// The wish as a flow's plan: without roles that are as wanted already. Pure.
store::RoleOperation plan_operation(const Model& model, const RoleWish& wish);

// For people: "start", "stop", "restart".
std::string_view word_of(store::RoleOperation::Verb verb);

// Of the flow's operation: its next batch becomes desired.
Change order_batch(const StageView& view);
bool has_batch_left(const StageView& view);
// The last batch that was ordered is as it should be, and its pause is over.
Outcome check_batch(const StageView& view);
Duration pause_of(const store::Flow& flow);
// What was to be stopped is wanted again. Of other verbs nothing is taken back.
Change keep_roles(const StageView& view);

// Of its items, those that did not come to what was wanted: "DataNode on core-1".
std::vector<std::string> left_behind(const Model& model, const store::RoleOperation& operation);

// Whether nothing that runs needs this role any more: those that wait for it when they start are
// down, as far as their hosts can say.
bool may_stop(const Model& model, const store::Node& node, const store::Role& role);

}  // namespace tusker
