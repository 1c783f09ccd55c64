#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "model/model.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "pages/page_access.h"
#include "pages/page_host.h"
#include "pages/service_pages.h"
#include "server/page_exchange.h"
#include "server/stream_relay.h"

namespace tusker::server {

// The pages of clusters' services, on the public port, to browsers that ask for a host of theirs
// (pages/page_host.h). A link of CreatePageLink lets a browser in; what it may see then are pages
// that the definitions declare, of that cluster, read-only. Loop thread only; all that it is given
// outlives it.
class PagesEndpoint {
 public:
  struct Parts {
    EventLoop& loop;
    const Model& model;
    const Definitions& definitions;
    StreamRelay& streams;
    PageAccess& access;
    Log log;
  };

  explicit PagesEndpoint(Parts parts);
  ~PagesEndpoint();
  PagesEndpoint(const PagesEndpoint&) = delete;
  PagesEndpoint& operator=(const PagesEndpoint&) = delete;

  // Whether the request is for a host of ours. Everything else is the API's.
  static bool is_for_pages(const HttpRequest& head);
  void handle(const HttpRequest& request, const Responder& responder);

 private:
  struct Asked;

  HttpResponse log_in(const HttpRequest& request, const PageHost& here);
  bool is_let_in(const HttpRequest& request, const PageHost& here) const;
  void show_page(const HttpRequest& request, const PageHost& here, const Responder& responder);
  void pass_on(const HttpRequest& request, const Asked& asked, const Responder& responder);

  Parts parts_;
  std::map<std::uint64_t, std::shared_ptr<PageExchange>> exchanges_;
  std::uint64_t last_number_ = 0;
};

}  // namespace tusker::server
