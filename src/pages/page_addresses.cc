#include "pages/page_addresses.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/configuration.h"

namespace tusker {

namespace {

constexpr std::string_view kWebHdfs = "/webhdfs/v1/";

std::string authority_of(const PageHost& host) {
  return (host.is_front() ? front_hostname(host.cluster_id)
                          : page_hostname(host.cluster_id, host.node, host.port)) +
         host.own_port;
}

}  // namespace

PageAddresses::PageAddresses(const std::vector<ServicePage>& pages, PageHost here)
    : here_(std::move(here)) {
  for (const ServicePage& page : pages) {
    const std::string name = page_name(page.node->name(), page.port);
    names_.emplace(fmt::format("{}:{}", node_hostname(*page.node), page.port), name);
    names_.emplace(fmt::format("{}:{}", page.node->address(), page.port), name);
  }
}

std::optional<std::string> PageAddresses::translate(std::string_view authority,
                                                    std::string_view path) const {
  const auto found = names_.find(authority);
  if (found == names_.end()) return std::nullopt;
  if (path.starts_with(kWebHdfs)) {
    return fmt::format("{}{}{}", authority_of(here_), kOwnPaths, found->second);
  }
  return fmt::format("{}.{}{}", found->second, front_hostname(here_.cluster_id), here_.own_port);
}

// Names and addresses are of letters, digits, dots, dashes and colons: nothing has to be escaped.
std::string PageAddresses::links_script() const {
  std::string pages;
  for (const auto& [authority, name] : names_)
    pages += fmt::format("    \"{}\": \"{}\",\n", authority, name);
  return fmt::format(R"js((function () {{
  var pages = {{
{}  }};
  function translate(event) {{
    var link = event.target.closest && event.target.closest("a[href]");
    var page = link && link.protocol === "http:" && pages[link.host];
    if (page) link.host = page + ".{}{}";
  }}
  ["mouseover", "focusin", "touchstart", "click"].forEach(function (kind) {{
    document.addEventListener(kind, translate, true);
  }});
}})();
)js",
                     pages,
                     front_hostname(here_.cluster_id),
                     here_.own_port);
}

}  // namespace tusker
