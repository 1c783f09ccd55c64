#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tusker {

// Which page a browser asks for, told by the name of the host that it believes to speak with:
//
//   4008-master-1.emr-xxxxxxxx.localhost   port 4008 of the node master-1
//   emr-xxxxxxxx.localhost                 the cluster's front page; port 0, no node
//
// Browsers resolve names below localhost to their own machine, without asking anybody (RFC 6761
// section 6.3). To them the cluster's part is a site: its pages share a cookie, other clusters'
// do not (docs/adr/0006-service-pages.md).
struct PageHost {
  std::string cluster_id;
  std::string node;
  std::uint16_t port = 0;
  std::string own_port;  // ":7480", where the browser reaches the server; empty for port 80

  bool is_front() const { return node.empty(); }
};

// Of a Host header. Nothing: not such a host. Says nothing about whether there is such a page.
std::optional<PageHost> parse_page_host(std::string_view host);

// "4008-master-1": the name of a page within its cluster. Nothing: not such a name.
struct PageName {
  std::string node;
  std::uint16_t port = 0;
};
std::optional<PageName> parse_page_name(std::string_view label);
std::string page_name(std::string_view node, std::uint16_t port);

// "emr-xxxxxxxx.localhost", and "4008-master-1.emr-xxxxxxxx.localhost".
std::string front_hostname(std::string_view cluster_id);
std::string page_hostname(std::string_view cluster_id, std::string_view node, std::uint16_t port);

}  // namespace tusker
