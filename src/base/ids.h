#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"

namespace tusker {

// A name that is never mixed up with another kind of name. Random and never reused; labels are
// never keys.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

struct ClusterTag {};
struct NodeTag {};
struct HostTag {};
using ClusterId = Id<ClusterTag>;  // "emr-" + 8 of [a-z0-9]
using NodeId = Id<NodeTag>;  // "emr-vm-" + 8 of [a-z0-9]: 15 bytes, so that a network interface may
                             // have this name
using HostId = Id<HostTag>;  // UUID, made when the agent joins

ClusterId make_cluster_id(Random& random);
NodeId make_node_id(Random& random);
HostId make_host_id(Random& random);

// Whether a text from outside has the form of such an id: the only texts that may become part of a
// path or interface name.
bool is_cluster_id(std::string_view text);
bool is_node_id(std::string_view text);
bool is_uuid(std::string_view text);

// Counts from 1 in the order in which flows were started; never reused.
enum class FlowId : std::int64_t {};
// Of jobs, likewise.
enum class JobId : std::int64_t {};

}  // namespace tusker

template <typename Tag>
struct std::hash<tusker::Id<Tag>> {
  std::size_t operator()(const tusker::Id<Tag>& id) const noexcept {
    return std::hash<std::string>()(id.text());
  }
};

template <typename Tag>
struct fmt::formatter<tusker::Id<Tag>> : fmt::formatter<std::string_view> {
  auto format(const tusker::Id<Tag>& id, format_context& context) const {
    return formatter<std::string_view>::format(id.text(), context);
  }
};

template <>
struct fmt::formatter<tusker::FlowId> : fmt::formatter<std::int64_t> {
  auto format(tusker::FlowId id, format_context& context) const {
    return formatter<std::int64_t>::format(static_cast<std::int64_t>(id), context);
  }
};
template <>
struct fmt::formatter<tusker::JobId> : fmt::formatter<std::int64_t> {
  auto format(tusker::JobId id, format_context& context) const {
    return formatter<std::int64_t>::format(static_cast<std::int64_t>(id), context);
  }
};
