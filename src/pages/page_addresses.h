#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/page_host.h"
#include "pages/service_pages.h"

namespace tusker {

// A path on every page's host behind which our own things are, and nothing of a node's.
inline constexpr std::string_view kOwnPaths = "/.tusker/";

// Where the nodes of a cluster say that their pages are, and where a browser finds them. Pure;
// points at nothing outside.
class PageAddresses {
 public:
  // `here`: where the browser that asks is.
  PageAddresses(const std::vector<ServicePage>& pages, PageHost here);

  // What takes the place of a node's "core-1.emr-xxxxxxxx.tusker.internal:5004" or "10.0.0.3:5004"
  // in a URL that goes on with `path`: "5004-core-1.emr-xxxxxxxx.localhost:7480". Nothing: not the
  // address of a page of this cluster.
  //
  // WebHDFS is left where the browser is, as "HERE/.tusker/4002-core-1": a script that reads a file
  // is sent from the NameNode to a DataNode, and browsers send no cookie along with such a request
  // to another host.
  std::optional<std::string> translate(std::string_view authority, std::string_view path) const;

  // The script that does the same to links which other scripts have made, when they are used.
  std::string links_script() const;

 private:
  const PageHost here_;
  std::map<std::string, std::string, std::less<>> names_;  // page names by authority
};

}  // namespace tusker
