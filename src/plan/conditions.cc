#include "plan/conditions.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "plan/sizing.h"

namespace tusker {
namespace {

using Kind = ConditionDefinition::Kind;

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

bool counts(Kind kind, const store::Node& node) {
  return !node.removing() && (kind == Kind::Count || node.leaving() == (kind == Kind::Leaving));
}

class Conditions {
 public:
  Conditions(const Definitions& definitions,
             const store::Cluster& cluster,
             const std::vector<store::Node>& nodes)
      : definitions_(definitions), cluster_(cluster), nodes_(nodes) {}

  std::vector<Condition> of(std::vector<ConditionDefinition> RoleDefinition::*list) const {
    std::vector<Condition> conditions;
    for (const store::Component& chosen : cluster_.components()) {
      const ComponentDefinition* component = definitions_.component(chosen.name());
      if (component == nullptr) continue;
      for (const RoleDefinition& role : component->roles) {
        for (const ConditionDefinition& one : role.*list)
          conditions.push_back(condition(role, one));
      }
    }
    return conditions;
  }

 private:
  Condition condition(const RoleDefinition& role, const ConditionDefinition& definition) const {
    if (definition.kind == Kind::Text) return {role.name, definition.fact, definition.argument};
    return {
        role.name,
        definition.fact,
        std::to_string(count(definition.kind, definition.argument)),
        definition.kind == Kind::Staying ? Condition::Compare::OrLess : Condition::Compare::OrMore};
  }

  std::size_t count(Kind kind, const std::string& role) const {
    return static_cast<std::size_t>(
        std::count_if(nodes_.begin(), nodes_.end(), [&](const store::Node& node) {
          if (!counts(kind, node)) return false;
          const auto roles = roles_of(definitions_, cluster_, nodes_, node);
          return std::any_of(roles.begin(), roles.end(), [&](const RoleDefinition* other) {
            return other->name == role;
          });
        }));
  }

  const Definitions& definitions_;
  const store::Cluster& cluster_;
  const std::vector<store::Node>& nodes_;
};

}  // namespace

bool Condition::holds(const std::string& found) const {
  if (compare == Compare::Same) return found == value;
  const std::optional<double> is = number_in(found);
  const std::optional<double> wanted = number_in(value);
  if (!is || !wanted) return false;
  return compare == Compare::OrMore ? *is >= *wanted : *is <= *wanted;
}

std::string to_text(const Condition& condition) {
  switch (condition.compare) {
    case Condition::Compare::Same:
      return condition.value;
    case Condition::Compare::OrMore:
      return condition.value + " or more";
    case Condition::Compare::OrLess:
      return condition.value + " or less";
  }
  return condition.value;
}

std::vector<Condition> complete_conditions(const Definitions& definitions,
                                           const store::Cluster& cluster,
                                           const std::vector<store::Node>& nodes) {
  return Conditions(definitions, cluster, nodes).of(&RoleDefinition::complete);
}

std::vector<Condition> drained_conditions(const Definitions& definitions,
                                          const store::Cluster& cluster,
                                          const std::vector<store::Node>& nodes) {
  return Conditions(definitions, cluster, nodes).of(&RoleDefinition::drained);
}

std::vector<Condition> idle_conditions(const Definitions& definitions,
                                       const store::Cluster& cluster,
                                       const std::vector<store::Node>& nodes) {
  return Conditions(definitions, cluster, nodes).of(&RoleDefinition::idle);
}

}  // namespace tusker
