#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "control/flow.h"

namespace tusker {

// The definition of each kind of flow. A kind without a line here does not compile, and neither
// does a simulation (tests/sim/scenarios.h) without a scenario for it.
template <store::Flow::Kind_ kind>
struct FlowOf;

template <>
struct FlowOf<store::Flow::CREATE> {
  static const FlowDefinition& definition();
};
template <>
struct FlowOf<store::Flow::TERMINATE> {
  static const FlowDefinition& definition();
};
template <>
struct FlowOf<store::Flow::SCALE_OUT> {
  static const FlowDefinition& definition();
};
template <>
struct FlowOf<store::Flow::SCALE_IN> {
  static const FlowDefinition& definition();
};
template <>
struct FlowOf<store::Flow::SERVICES> {
  static const FlowDefinition& definition();
};
template <>
struct FlowOf<store::Flow::RESTORE> {
  static const FlowDefinition& definition();
};

namespace flow_registry_detail {
template <std::size_t... index>
constexpr auto all(std::index_sequence<index...>) {
  return std::array{&FlowOf<static_cast<store::Flow::Kind_>(index + 1)>::definition...};
}
}  // namespace flow_registry_detail

// One function per value of store::Flow::Kind_ but FLOW_NONE, in order.
inline constexpr auto kFlowDefinitions =
    flow_registry_detail::all(std::make_index_sequence<store::Flow::Kind__MAX>());

const FlowDefinition& definition_of(store::Flow::Kind_ kind);

}  // namespace tusker
