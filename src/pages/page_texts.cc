#include "pages/page_texts.h"

#include <fmt/format.h>

namespace tusker {

namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2em 1.2em .2em 0;text-align:left}"
    "code{background:#eee;padding:.1em .3em}a{color:#05a}";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title>"
      "<style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
      escaped(title),
      kStyle,
      body);
}

bool is_of_master(const ServicePage& page) {
  return page.node->type() == store::MASTER;
}

std::string rows(const std::vector<ServicePage>& pages, const PageHost& here, bool of_masters) {
  std::string out;
  for (const ServicePage& page : pages) {
    if (is_of_master(page) != of_masters) continue;
    out += fmt::format("<tr><td><a href=\"http://{}{}{}\">{}</a></td><td>{}</td><td>{}</td></tr>\n",
                       page_hostname(here.cluster_id, page.node->name(), page.port),
                       here.own_port,
                       escaped(page.path),
                       escaped(page.title),
                       escaped(page.node->name()),
                       escaped(page.state));
  }
  return out;
}

std::string table(const std::vector<ServicePage>& pages, const PageHost& here) {
  return fmt::format("<table>\n<tr><th>Page</th><th>Node</th><th>State</th></tr>\n{}{}</table>\n",
                     rows(pages, here, true),
                     rows(pages, here, false));
}

}  // namespace

std::string front_page(const store::Cluster& cluster,
                       const std::vector<ServicePage>& pages,
                       const PageHost& here) {
  return document(fmt::format("{} ({})", cluster.name(), cluster.id()),
                  table(pages, here) +
                      "<p>These pages are for looking: what would change something is not passed "
                      "on. Use <code>tusker run</code> or <code>tusker shell</code> for it.</p>\n");
}

std::string refusal_page(std::string_view title,
                         std::string_view what_to_do,
                         const std::vector<ServicePage>& pages,
                         const PageHost& here) {
  std::string body = fmt::format("<p>{}</p>\n", escaped(what_to_do));
  if (!pages.empty()) body += table(pages, here);
  return document(title, body);
}

std::string login_page(std::string_view cluster_id) {
  return document(
      "You are not let in yet",
      fmt::format("<p>Get a link with <code>tusker ui {}</code> and follow it with this browser. "
                  "It is good for a minute and lets in once; after that the pages are open to this "
                  "browser for some hours, or until the server is started again.</p>\n",
                  escaped(cluster_id)));
}

}  // namespace tusker
