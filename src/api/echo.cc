#include "api/echo.h"

#include <charconv>

#include "plan/request_checks.h"

namespace tusker::api {
namespace {

std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view find(const store::Cluster& cluster, const std::string& key) {
  const auto at = cluster.echo().find(key);
  return at == cluster.echo().end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace

std::string echo_key(std::string_view name, store::NodeType type) {
  std::string key(name);
  key.append(".").append(node_type_word(type));
  return key;
}

std::string_view echoed(const store::Cluster& cluster, std::string_view name) {
  return find(cluster, std::string(name));
}

std::string_view echoed(const store::Cluster& cluster,
                        std::string_view name,
                        store::NodeType type) {
  return find(cluster, echo_key(name, type));
}

std::int64_t echoed_number(const store::Cluster& cluster, std::string_view name) {
  return to_number(echoed(cluster, name));
}

std::int64_t echoed_number(const store::Cluster& cluster,
                           std::string_view name,
                           store::NodeType type) {
  return to_number(echoed(cluster, name, type));
}

}  // namespace tusker::api
