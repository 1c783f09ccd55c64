#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "pages/page_access.h"
#include "pages/page_host.h"
#include "pages/service_pages.h"

namespace tusker::api::handlers {
namespace {

std::int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

answer::ServicePage shown(const ServicePage& page, std::string_view cluster_id, Arena& arena) {
  answer::ServicePage made;
  made.title = page.title;
  made.node = page.node->name();
  made.role = page.role->name();
  made.state = page.state;
  made.hostname = arena.copy(page_hostname(cluster_id, page.node->name(), page.port));
  made.path = page.path;
  return made;
}

}  // namespace

// The secret is in memory only: nothing of it is in the change that records the call.
Result<Answer> create_page_link(const CreatePageLinkRequest& request, Call& call) {
  call.cluster_id = request.instance_id;
  TK_TRY(const store::Cluster* const cluster,
         find_live_cluster(call, request.instance_id, code::kResourceNotFound_InstanceNotFound));
  const Services& services = call.services;
  const std::vector<ServicePage> pages =
      service_pages(services.model, services.definitions, cluster->id());
  Arena arena;
  answer::CreatePageLinkResponse response;
  response.hostname = arena.copy(front_hostname(cluster->id()));
  response.path =
      arena.copy(fmt::format("/.tusker/login?token={}",
                             services.page_access.make_link(cluster->id(), call.caller.secret_id)));
  response.valid_seconds = seconds(PageAccess::kLinkLife);
  response.session_seconds = seconds(PageAccess::kSessionLife);
  response.pages =
      arena.each(pages, [&](const ServicePage& page) { return shown(page, cluster->id(), arena); });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
