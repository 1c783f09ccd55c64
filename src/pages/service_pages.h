#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"
#include "plan/definitions.h"

namespace tusker {

// A page that a role of a cluster shows. Points into model and definitions.
struct ServicePage {
  const store::Node* node = nullptr;
  const store::Role* role = nullptr;
  std::string_view title;  // NameNode
  std::string_view path;   // where to begin
  std::uint16_t port = 0;  // as the node was planned
  std::string_view state;  // of the role, as its host reports: ready, down, unknown…
};

// All pages of a cluster's nodes, by node, but for those that are being removed. Pure.
//
// They are what the definitions declare: nothing else of a node can be reached through the server.
std::vector<ServicePage> service_pages(const Model& model,
                                       const Definitions& definitions,
                                       std::string_view cluster_id);

// The one at this port of the node, or null.
const ServicePage* find_page(const std::vector<ServicePage>& pages,
                             std::string_view node,
                             std::uint16_t port);

}  // namespace tusker
