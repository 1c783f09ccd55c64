#include "pages/service_pages.h"

#include <algorithm>

#include "control/reported.h"

namespace tusker {

namespace {

std::uint16_t port_of(const store::Role& role, std::string_view name) {
  for (const store::Port& port : role.ports()) {
    if (port.name() == name) return static_cast<std::uint16_t>(port.number());
  }
  return 0;
}

std::string_view state_of(const Model& model, const store::Node& node, const store::Role& role) {
  const link::NodeStatus* const status = model.status_of(node);
  const link::RoleStatus* const reported = status ? role_in(*status, role.name()) : nullptr;
  return reported == nullptr ? "unknown" : word_of(reported->state());
}

void add_pages_of(const Model& model,
                  const Definitions& definitions,
                  const store::Node& node,
                  std::vector<ServicePage>& pages) {
  for (const store::Role& role : node.roles()) {
    const ComponentDefinition* const component = definitions.component(role.component());
    if (component == nullptr) continue;  // of a later version of this program
    for (const PageDefinition& page : component->pages) {
      const std::uint16_t port = page.role == role.name() ? port_of(role, page.port) : 0;
      if (port == 0) continue;
      pages.push_back({&node, &role, page.title, page.path, port, state_of(model, node, role)});
    }
  }
}

}  // namespace

std::vector<ServicePage> service_pages(const Model& model,
                                       const Definitions& definitions,
                                       std::string_view cluster_id) {
  std::vector<ServicePage> pages;
  for (const auto& [order, node] : model.nodes_of(cluster_id)) {
    if (!node->removing() && !node->prepared()) add_pages_of(model, definitions, *node, pages);
  }
  return pages;
}

const ServicePage* find_page(const std::vector<ServicePage>& pages,
                             std::string_view node,
                             std::uint16_t port) {
  const auto found = std::find_if(pages.begin(), pages.end(), [&](const ServicePage& page) {
    return page.port == port && page.node->name() == node;
  });
  return found == pages.end() ? nullptr : &*found;
}

}  // namespace tusker
