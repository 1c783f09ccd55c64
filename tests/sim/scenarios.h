#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/flow_registry.h"
#include "sim/world.h"

namespace tusker::sim {

// How a stage's check can be made to fail: once, and for ever. A stage whose check cannot fail says
// why.
struct StageTroubles {
  std::string_view stage;
  std::vector<Trouble> once;      // the flow ends well all the same
  std::vector<Trouble> for_ever;  // it unwinds, or is blocked and says on what
  std::string_view cannot_fail;   // the reason, if both lists are empty
};

// How a flow is put through everything that can happen to it.
struct ScenarioFunctions {
  std::string_view name;
  void (*prepare)(World& world);          // before arming: what has to be there
  Result<FlowId> (*begin)(World& world);  // as a client does, also again when it got no answer
  std::vector<StageTroubles> (*troubles)();
  // What is wrong with how it ended, or empty. `flow` has ended.
  std::string (*wrong_end)(World& world, const store::Flow& flow);
  // Of kinds that do different things: which one. Null: there is one.
  std::string_view what = {};
  bool (*is_it)(const store::Flow& flow) = nullptr;
};

// One for each kind of flow: a kind without one does not compile.
template <store::Flow::Kind_ kind>
struct Scenario;
template <>
struct Scenario<store::Flow::CREATE> {
  static ScenarioFunctions functions();
};
template <>
struct Scenario<store::Flow::TERMINATE> {
  static ScenarioFunctions functions();
};
template <>
struct Scenario<store::Flow::SCALE_OUT> {
  static ScenarioFunctions functions();
};
template <>
struct Scenario<store::Flow::SCALE_IN> {
  static ScenarioFunctions functions();
};

// A rolling restart.
template <>
struct Scenario<store::Flow::SERVICES> {
  static ScenarioFunctions functions();
};
template <>
struct Scenario<store::Flow::RESTORE> {
  static ScenarioFunctions functions();
};
// A cluster of two core nodes that runs.
void create_and_run(World& world);

// The same, with a copy of its metadata.
void create_and_copy(World& world);

// Beside those of the kinds: a stop, and a start.
std::vector<ScenarioFunctions> more_scenarios();

template <std::size_t... index>
std::vector<ScenarioFunctions> all_scenarios(std::index_sequence<index...>) {
  return {Scenario<static_cast<store::Flow::Kind_>(index + 1)>::functions()...};
}
inline std::vector<ScenarioFunctions> all_scenarios() {
  std::vector<ScenarioFunctions> all =
      all_scenarios(std::make_index_sequence<kFlowDefinitions.size()>());
  for (ScenarioFunctions& one : more_scenarios()) all.push_back(one);
  return all;
}

}  // namespace tusker::sim
