#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "model/model.h"

namespace tusker {

// Who may look at the pages of which cluster: links that let in once, and the sessions of those
// who followed one.
//
// All of it is in memory only, so a restart of the server ends every session, and the data folder
// holds nothing that lets anybody in. What it keeps are digests of the secrets. A session ends too
// when the key that asked for it is disabled or gone. Loop thread only; all that it is given
// outlives it.
class PageAccess {
 public:
  static constexpr Duration kLinkLife = std::chrono::seconds(60);
  static constexpr Duration kSessionLife = std::chrono::hours(8);

  PageAccess(const Model& model, const Clock& clock, Random& random);

  // The secret of a link to this cluster's pages, asked for with this key.
  std::string make_link(std::string_view cluster_id, std::string_view secret_id);

  struct Session {
    std::string secret;     // of the cookie
    std::string secret_id;  // the key that the link was asked for with
  };
  // Uses the link up. Nothing: no link of this cluster, used already, or too old.
  std::optional<Session> follow(std::string_view link, std::string_view cluster_id);

  // Whether this secret is of a session for the cluster's pages.
  bool admits(std::string_view secret, std::string_view cluster_id) const;

 private:
  struct Grant {
    std::string cluster_id;
    std::string secret_id;
    Time ends{};
  };
  using Grants = std::map<std::string, Grant>;  // by the digest of their secret

  std::string grant(Grants& grants, Grant what);
  bool holds(const Grant& grant, std::string_view cluster_id) const;

  const Model& model_;
  const Clock& clock_;
  Random& random_;
  Grants links_;
  Grants sessions_;
};

// Every value that a Cookie header has for the sessions' cookie: another host below the cluster's
// name, on another port, may have set one of the same name.
std::vector<std::string_view> page_cookies(std::string_view cookie_header);

// The Set-Cookie header's value.
std::string page_cookie(std::string_view secret, std::string_view cluster_id);

}  // namespace tusker
