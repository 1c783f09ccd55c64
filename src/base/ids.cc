#include "base/ids.h"

#include <algorithm>

namespace tusker {

namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kClusterPrefix = "emr-";
constexpr std::string_view kNodePrefix = "emr-vm-";
constexpr std::size_t kSuffix = 8;

bool has_form(std::string_view text, std::string_view prefix) {
  return text.size() == prefix.size() + kSuffix && text.starts_with(prefix) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(prefix.size()),
                     text.end(),
                     [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

}  // namespace

ClusterId make_cluster_id(Random& random) {
  return ClusterId(std::string(kClusterPrefix) + random.text(kSuffix, kAlphabet));
}

NodeId make_node_id(Random& random) {
  return NodeId(std::string(kNodePrefix) + random.text(kSuffix, kAlphabet));
}

HostId make_host_id(Random& random) {
  return HostId(random.uuid());
}

bool is_cluster_id(std::string_view text) {
  return has_form(text, kClusterPrefix);
}
bool is_node_id(std::string_view text) {
  return has_form(text, kNodePrefix);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

}  // namespace tusker
