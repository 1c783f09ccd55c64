#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/link.pb.h"

namespace tusker {

// Words for people: "creating", "running", "down"…
std::string_view word_of(link::NodeStatus::State state);
std::string_view word_of(link::RoleStatus::State state);

// What a node's report says of one role, or null.
const link::RoleStatus* role_in(const link::NodeStatus& node, std::string_view role);

// A fact that is a whole number; nothing: there is none of this name, or it is something else.
std::optional<std::uint64_t> number_in(const link::RoleStatus& role, const std::string& fact);

}  // namespace tusker
