#include "pages/page_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "pages/page_host.h"

namespace tusker {

namespace {

constexpr std::size_t kMaxGrants = 1000;
constexpr std::string_view kCookie = "tusker-pages";

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

PageAccess::PageAccess(const Model& model, const Clock& clock, Random& random)
    : model_(model), clock_(clock), random_(random) {}

std::string PageAccess::make_link(std::string_view cluster_id, std::string_view secret_id) {
  return grant(links_, {std::string(cluster_id), std::string(secret_id), clock_.now() + kLinkLife});
}

std::optional<PageAccess::Session> PageAccess::follow(std::string_view link,
                                                      std::string_view cluster_id) {
  const auto found = links_.find(sha256_hex(link));
  if (found == links_.end() || !holds(found->second, cluster_id)) return std::nullopt;
  Grant session = std::move(found->second);
  links_.erase(found);
  session.ends = clock_.now() + kSessionLife;
  std::string secret_id = session.secret_id;
  return Session{grant(sessions_, std::move(session)), std::move(secret_id)};
}

bool PageAccess::admits(std::string_view secret, std::string_view cluster_id) const {
  const auto found = sessions_.find(sha256_hex(secret));
  return found != sessions_.end() && holds(found->second, cluster_id);
}

bool PageAccess::holds(const Grant& grant, std::string_view cluster_id) const {
  const store::AccessKey* const key = model_.access_key(grant.secret_id);
  return clock_.now() < grant.ends && grant.cluster_id == cluster_id && key != nullptr &&
         !key->disabled();
}

// Makes room first: what has ended goes, and if that is not enough what ends next.
std::string PageAccess::grant(Grants& grants, Grant what) {
  const Time now = clock_.now();
  std::erase_if(grants, [now](const auto& held) { return held.second.ends <= now; });
  if (grants.size() >= kMaxGrants) {
    grants.erase(std::min_element(grants.begin(), grants.end(), [](const auto& a, const auto& b) {
      return a.second.ends < b.second.ends;
    }));
  }
  std::array<std::uint8_t, 32> bytes{};
  random_.fill(bytes);
  std::string secret = to_hex(bytes);
  grants.emplace(sha256_hex(secret), std::move(what));
  return secret;
}

std::vector<std::string_view> page_cookies(std::string_view cookie_header) {
  std::vector<std::string_view> values;
  while (!cookie_header.empty()) {
    const std::size_t end = cookie_header.find(';');
    const std::string_view pair = trimmed(cookie_header.substr(0, end));
    if (pair.starts_with(kCookie) && pair.substr(kCookie.size()).starts_with('='))
      values.push_back(pair.substr(kCookie.size() + 1));
    if (end == std::string_view::npos) break;
    cookie_header.remove_prefix(end + 1);
  }
  return values;
}

std::string page_cookie(std::string_view secret, std::string_view cluster_id) {
  return fmt::format(
      "{}={}; Domain={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax",
      kCookie,
      secret,
      front_hostname(cluster_id),
      std::chrono::duration_cast<std::chrono::seconds>(PageAccess::kSessionLife).count());
}

}  // namespace tusker
