#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pages/page_host.h"
#include "pages/service_pages.h"
#include "proto/store.pb.h"

namespace tusker {

// Our own pages, as HTML. Pure.

// The list of a cluster's pages: those of its masters first.
std::string front_page(const store::Cluster& cluster,
                       const std::vector<ServicePage>& pages,
                       const PageHost& here);

// Why there is no page, and what to do. With `pages`, those that there are.
std::string refusal_page(std::string_view title,
                         std::string_view what_to_do,
                         const std::vector<ServicePage>& pages,
                         const PageHost& here);

// What a browser without a session is told.
std::string login_page(std::string_view cluster_id);

}  // namespace tusker
