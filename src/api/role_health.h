#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/model.h"

namespace tusker::api {

// HealthStatus of the public API (docs/reference/semantics.md 3).
struct RoleHealth {
  enum Code : int { NotProbed = -4, Unknown = -2, Down = 0, Good = 1 };

  Code code = Unknown;
  std::string why;  // what was found, for people

  // "good", "unavailable"…
  std::string_view text() const;
};

// As the node's host reports it now; of a host that does not report, nobody can tell. Pure.
RoleHealth health_of(const Model& model, const store::Node& node, const store::Role& role);

// Whether its process was up when the host reported last.
bool is_started(const Model& model, const store::Node& node, const store::Role& role);

// Whether it runs with the files that its node shall have.
enum class ConfigurationState : int { Failed = -2, Stale = -1, InSync = 1 };
ConfigurationState configuration_of(const Model& model,
                                    const store::Node& node,
                                    const store::Role& role);

}  // namespace tusker::api
