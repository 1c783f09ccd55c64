#include "api/disk_types.h"

#include <array>
#include <utility>

namespace tusker::api {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 12> kDiskTypes{{
    {"LOCAL_BASIC", 1},
    {"CLOUD_BASIC", 2},
    {"LOCAL_SSD", 3},
    {"CLOUD_SSD", 4},
    {"CLOUD_PREMIUM", 5},
    {"CLOUD_HSSD", 6},
    {"CLOUD_THROUGHPUT", 11},
    {"CLOUD_TSSD", 12},
    {"CLOUD_BSSD", 13},
    {"CLOUD_BIGDATA", 14},
    {"CLOUD_HIGHIO", 15},
    {"REMOTE_SSD", 16},
}};

}  // namespace

std::int64_t disk_type_number(std::string_view word) {
  for (const auto& [known, number] : kDiskTypes) {
    if (known == word) return number;
  }
  return 0;
}

}  // namespace tusker::api
