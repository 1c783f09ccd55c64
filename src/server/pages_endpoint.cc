#include "server/pages_endpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/transitions.h"
#include "pages/page_addresses.h"
#include "pages/page_request.h"
#include "pages/page_texts.h"
#include "plan/configuration.h"

namespace tusker::server {

namespace {

constexpr std::size_t kMaxExchanges = 128;
constexpr std::string_view kLogin = "/.tusker/login";
constexpr std::string_view kLinksScript = "links.js";
constexpr std::string_view kToken = "token=";

// Headers of a browser that a page may see. Its cookies are ours, and who it is and where it is are
// nobody's business there.
constexpr std::string_view kPassedOn[] = {"Accept",
                                          "Accept-Language",
                                          "Cache-Control",
                                          "If-Modified-Since",
                                          "If-None-Match",
                                          "If-Range",
                                          "Range",
                                          "User-Agent",
                                          "X-Requested-With"};

HttpResponse html(int status, std::string body) {
  HttpResponse response(status, "text/html; charset=utf-8", std::move(body));
  response.headers = {{"Cache-Control", "no-store"},
                      {"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

HttpResponse refusal(int status,
                     std::string_view title,
                     std::string_view what_to_do,
                     const PageHost& here,
                     const std::vector<ServicePage>& pages = {}) {
  return html(status, refusal_page(title, what_to_do, pages, here));
}

// Of another site: a cookie of ours is not sent along with most such requests, and where it is,
// nothing but a link that a person follows is answered. Browsers that do not say so tell at least
// the origin of a script.
bool is_foreign(const HttpRequest& request, const PageHost& here) {
  const std::string_view origin = request.header("Origin");
  if (!origin.empty()) {
    constexpr std::string_view kScheme = "http://";
    const auto host =
        origin.starts_with(kScheme) ? parse_page_host(origin.substr(kScheme.size())) : std::nullopt;
    if (!host || host->cluster_id != here.cluster_id || host->own_port != here.own_port)
      return true;
  }
  const std::string_view site = request.header("Sec-Fetch-Site");
  return site == "cross-site" && request.header("Sec-Fetch-Mode") != "navigate";
}

std::string request_text(const HttpRequest& request,
                         const store::Node& node,
                         std::uint16_t port,
                         const std::string& target) {
  std::string text = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nAccept-Encoding: identity\r\n",
      request.method,
      target,
      node_hostname(node),
      port);
  for (const std::string_view name : kPassedOn) {
    const std::string_view value = request.header(name);
    if (!value.empty()) text += fmt::format("{}: {}\r\n", name, value);
  }
  return text += "\r\n";
}

int status_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::InvalidArgument:
      return 400;
    case ErrorCode::PermissionDenied:
      return 403;
    case ErrorCode::ResourceExhausted:
      return 503;
    case ErrorCode::DeadlineExceeded:
      return 504;
    default:
      return 502;
  }
}

}  // namespace

// A page and what is asked of it.
struct PagesEndpoint::Asked {
  const ServicePage& page;
  std::string_view path;
  const std::vector<ServicePage>& pages;  // all of the cluster
  const PageHost& here;
};

PagesEndpoint::PagesEndpoint(Parts parts) : parts_(std::move(parts)) {}
PagesEndpoint::~PagesEndpoint() = default;

bool PagesEndpoint::is_for_pages(const HttpRequest& head) {
  return parse_page_host(head.header("Host")).has_value();
}

void PagesEndpoint::handle(const HttpRequest& request, const Responder& responder) {
  const std::optional<PageHost> host = parse_page_host(request.header("Host"));
  TK_CHECK(host, "a request for another host came to the pages");
  const PageHost& here = *host;
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = refusal(405,
                                    "Pages are for looking",
                                    "What would change something is not passed on. Use tusker run "
                                    "or tusker shell for it.",
                                    here);
    response.headers.emplace_back("Allow", "GET, HEAD");
    return responder.send(std::move(response));
  }
  if (is_foreign(request, here)) {
    return responder.send(refusal(403,
                                  "Asked by another site",
                                  "Pages answer only themselves and who follows a link.",
                                  here));
  }
  if (here.is_front() && request.path == kLogin) return responder.send(log_in(request, here));
  if (!is_let_in(request, here)) return responder.send(html(401, login_page(here.cluster_id)));
  show_page(request, here, responder);
}

// The secret is used up before the browser shows an address, and the next address is without it.
HttpResponse PagesEndpoint::log_in(const HttpRequest& request, const PageHost& here) {
  // What looks ahead (a chat's preview, a scanner) asks for the head only.
  const std::optional<PageAccess::Session> session =
      request.method == "GET" && request.query.starts_with(kToken)
          ? parts_.access.follow(request.query.substr(kToken.size()), here.cluster_id)
          : std::nullopt;
  if (!session) {
    parts_.log.warn("page.login.refused", {{"cluster", here.cluster_id}, {"peer", request.peer}});
    return refusal(
        403,
        "This link does not let in any more",
        fmt::format("It is good for a minute and once. Get another one with: tusker ui {}",
                    here.cluster_id),
        here);
  }
  parts_.log.info(
      "page.login",
      {{"cluster", here.cluster_id}, {"key", session->secret_id}, {"peer", request.peer}});
  HttpResponse response = html(303, "");
  response.headers.emplace_back("Location", "/");
  response.headers.emplace_back("Set-Cookie", page_cookie(session->secret, here.cluster_id));
  return response;
}

bool PagesEndpoint::is_let_in(const HttpRequest& request, const PageHost& here) const {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const HttpHeader& header) {
    if (!equal_ignoring_case(header.name, "Cookie")) return false;
    const std::vector<std::string_view> secrets = page_cookies(header.value);
    return std::any_of(secrets.begin(), secrets.end(), [&](std::string_view secret) {
      return parts_.access.admits(secret, here.cluster_id);
    });
  });
}

void PagesEndpoint::show_page(const HttpRequest& request,
                              const PageHost& here,
                              const Responder& responder) {
  const store::Cluster* const cluster = parts_.model.cluster(here.cluster_id);
  if (cluster == nullptr || has_ended(cluster->state())) {
    return responder.send(
        refusal(404, "This cluster has ended", "It has no pages any more.", here));
  }
  const std::vector<ServicePage> pages =
      service_pages(parts_.model, parts_.definitions, here.cluster_id);
  if (here.is_front() && request.path == "/")
    return responder.send(html(200, front_page(*cluster, pages, here)));
  std::string_view node = here.node;
  std::uint16_t port = here.port;
  std::string_view path = request.path;
  std::optional<PageName> other;
  if (path.starts_with(kOwnPaths) && !here.is_front()) {
    path.remove_prefix(kOwnPaths.size());
    if (path == kLinksScript) {
      return responder.send(
          HttpResponse(200, "text/javascript", PageAddresses(pages, here).links_script()));
    }
    const std::size_t slash = std::min(path.find('/'), path.size());
    other = parse_page_name(path.substr(0, slash));
    path.remove_prefix(slash);
    if (other && path.starts_with("/webhdfs/v1/")) {
      node = other->node;
      port = other->port;
    } else {
      port = 0;
    }
  }
  const ServicePage* const page = find_page(pages, node, port);
  if (page == nullptr)
    return responder.send(
        refusal(404, "There is no such page", "The cluster has these:", here, pages));
  pass_on(request, {*page, path, pages, here}, responder);
}

void PagesEndpoint::pass_on(const HttpRequest& request,
                            const Asked& asked,
                            const Responder& responder) {
  const ServicePage& page = asked.page;
  const Result<std::string> target = node_target(asked.path, request.query);
  if (!target.ok()) {
    return responder.send(refusal(
        status_of(target.error()), "This is not passed on", target.error().message(), asked.here));
  }
  if (exchanges_.size() >= kMaxExchanges) {
    return responder.send(
        refusal(503, "Too many pages are being loaded", "Try again in a moment.", asked.here));
  }
  PageCall call;
  call.host = HostId(page.node->host_id());
  call.open.set_node_id(page.node->id());
  call.open.mutable_connect()->set_port(page.port);
  call.request = request_text(request, *page.node, page.port, *target);
  call.head_only = request.method == "HEAD";
  call.addresses = std::make_shared<const PageAddresses>(asked.pages, asked.here);
  call.responder = responder;
  call.refusal = [here = asked.here,
                  role = page.role->name(),
                  node = page.node->name(),
                  state = std::string(page.state)](const Error& error) {
    return refusal(status_of(error),
                   fmt::format("{} on {} does not answer", role, node),
                   fmt::format("Its state is {}: {}.", state, error.message()),
                   here);
  };
  const std::uint64_t number = ++last_number_;
  const auto exchange = std::make_shared<PageExchange>(
      parts_.loop, std::move(call), [this, number] { exchanges_.erase(number); });
  exchanges_.emplace(number, exchange);
  exchange->start(parts_.streams);
}

}  // namespace tusker::server
