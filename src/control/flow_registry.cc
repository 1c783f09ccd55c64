#include "control/flow_registry.h"

namespace tusker {

const FlowDefinition& definition_of(store::Flow::Kind_ kind) {
  const auto index = static_cast<std::size_t>(kind) - 1;
  TK_CHECK(kind != store::Flow::FLOW_NONE && index < kFlowDefinitions.size(),
           "no flow of kind {}",
           static_cast<int>(kind));
  const FlowDefinition& definition = kFlowDefinitions[index]();
  TK_CHECK(definition.kind == kind,
           "flow_registry.h names the definition of another flow for {}",
           static_cast<int>(kind));
  return definition;
}

}  // namespace tusker
