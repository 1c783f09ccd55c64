#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace tusker::api {

// The page'th page of `size` rows, pages counted from 0; beyond the last one nothing. Borrows from
// `rows`.
template <typename T>
std::span<const T> page_of(const std::vector<T>& rows, std::uint64_t page, std::uint64_t size) {
  // Divided, not multiplied: the page number may be any.
  if (size == 0 || page > rows.size() / size) return {};
  const std::size_t start = static_cast<std::size_t>(page * size);
  return std::span(rows).subspan(start, std::min<std::size_t>(rows.size() - start, size));
}

}  // namespace tusker::api
