#include "pages/page_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "base/letters.h"

namespace tusker {

namespace {

constexpr std::string_view kTop = ".localhost";
constexpr std::size_t kMaxLabel = 63;  // RFC 1035 section 2.3.4

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  // One way to write each: with a leading zero it would be another host to the browser.
  if (failure != std::errc() || end != digits.data() + digits.size() || digits.starts_with('0'))
    return std::nullopt;
  return port;
}

bool is_node_name(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

std::optional<PageName> parse_page_name(std::string_view label) {
  const std::size_t dash = label.find('-');
  if (dash == std::string_view::npos || label.size() > kMaxLabel) return std::nullopt;
  const std::optional<std::uint16_t> port = parse_port(label.substr(0, dash));
  const std::string_view node = label.substr(dash + 1);
  if (!port || !is_node_name(node)) return std::nullopt;
  return PageName{std::string(node), *port};
}

std::optional<PageHost> parse_page_host(std::string_view host) {
  // Most are the API's own address: told apart by their end, before anything is copied.
  const std::string_view bare = host.substr(0, host.find(':'));
  if (bare.size() <= kTop.size() || lower_case(bare.substr(bare.size() - kTop.size())) != kTop)
    return std::nullopt;
  PageHost page;
  std::string name = lower_case(host);
  if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
    if (!parse_port(std::string_view(name).substr(colon + 1))) return std::nullopt;
    page.own_port = name.substr(colon);
    name.resize(colon);
  }
  name.resize(name.size() - kTop.size());
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
    std::optional<PageName> named = parse_page_name(std::string_view(name).substr(0, dot));
    if (!named) return std::nullopt;
    page.node = std::move(named->node);
    page.port = named->port;
    name.erase(0, dot + 1);
  }
  if (!is_cluster_id(name)) return std::nullopt;
  page.cluster_id = std::move(name);
  return page;
}

std::string page_name(std::string_view node, std::uint16_t port) {
  return fmt::format("{}-{}", port, node);
}

std::string front_hostname(std::string_view cluster_id) {
  return fmt::format("{}{}", cluster_id, kTop);
}

std::string page_hostname(std::string_view cluster_id, std::string_view node, std::uint16_t port) {
  return fmt::format("{}.{}", page_name(node, port), front_hostname(cluster_id));
}

}  // namespace tusker
