#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "pages/page_addresses.h"

namespace tusker {

// Makes the links of a text lead through the server, piece by piece as it passes.
//
// Only what is an absolute http URL, or one without its scheme, and whose host and port are those
// of a page of the cluster; its path and everything else stays as it is. At most 16 KiB are held
// back. Pure.
class PageRewriter {
 public:
  // `into_head`, if not empty, is put where the head of an HTML text begins.
  explicit PageRewriter(std::shared_ptr<const PageAddresses> addresses, std::string into_head = "");

  // What can be passed on after this piece.
  std::string add(std::string_view piece);
  // The rest.
  std::string end();

 private:
  std::string take(bool last);
  bool open_head(bool last);

  const std::shared_ptr<const PageAddresses> addresses_;
  std::string into_head_;  // empty: done, or never
  std::string held_;
};

// The same for one whole text, such as a Location header.
std::string rewrite_links(std::shared_ptr<const PageAddresses> addresses, std::string_view text);

}  // namespace tusker
