#include "plan/inventory.h"

#include <algorithm>

namespace tusker {

std::uint64_t memory_reserve(std::uint64_t memory_bytes) {
  return std::max<std::uint64_t>(512ULL << 20, memory_bytes / 20);
}

std::uint64_t disk_reserve(std::uint64_t disk_total_bytes) {
  return std::clamp<std::uint64_t>(disk_total_bytes / 10, 2ULL << 30, 10ULL << 30);
}

}  // namespace tusker
