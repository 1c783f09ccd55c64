#include "share/embedded.h"

#include <algorithm>

namespace tusker {
namespace {

// The first file whose path is not before `path`.
std::span<const EmbeddedFile>::iterator lower_bound_of(std::string_view path) {
  return std::ranges::lower_bound(embedded_share(), path, {}, &EmbeddedFile::path);
}

}  // namespace

std::optional<std::string_view> embedded_file(std::string_view path) {
  const auto found = lower_bound_of(path);
  if (found == embedded_share().end() || found->path != path) return std::nullopt;
  return std::string_view(found->begin, found->end);
}

std::vector<std::string_view> list_embedded(std::string_view prefix) {
  std::vector<std::string_view> paths;
  for (auto at = lower_bound_of(prefix);
       at != embedded_share().end() && at->path.starts_with(prefix);
       ++at) {
    paths.push_back(at->path);
  }
  return paths;
}

}  // namespace tusker
