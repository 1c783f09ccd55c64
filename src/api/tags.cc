#include "api/tags.h"

#include <algorithm>
#include <set>
#include <string>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "plan/lifetime.h"

namespace tusker::api {
namespace {

constexpr std::size_t kLongestKey = 127;
constexpr std::size_t kLongestValue = 255;

}  // namespace

Status check_tags(std::string_view parameter, const std::vector<Tag>& tags) {
  std::set<std::string> keys;
  for (const Tag& tag : tags) {
    const std::string key = tag.tag_key.value_or("");
    if (key.empty() || key.size() > kLongestKey ||
        tag.tag_value.value_or("").size() > kLongestValue) {
      return api_error(code::kInvalidParameter_InvalidTagsGroup,
                       "{} has an entry whose TagKey is empty or longer than {} bytes, or whose "
                       "TagValue is longer than {}",
                       parameter,
                       kLongestKey,
                       kLongestValue);
    }
    if (!keys.insert(key).second) {
      return api_error(
          code::kInvalidParameter_InvalidTagsGroup, "{} has TagKey \"{}\" twice", parameter, key);
    }
  }
  return ok_status();
}

Status check_new_tags(std::string_view parameter, const std::vector<Tag>& tags) {
  TK_TRY_VOID(check_tags(parameter, tags));
  for (const Tag& tag : tags) {
    const Status meant = check_lifetime_tag(tag.tag_key.value_or(""), tag.tag_value.value_or(""));
    if (!meant.ok()) {
      return api_error(
          code::kInvalidParameter_InvalidTagsGroup, "{}: {}", parameter, meant.error().message());
    }
  }
  return ok_status();
}

void set_tags(const std::vector<Tag>& tags, TagRows& rows) {
  for (const Tag& tag : tags) {
    auto row = std::ranges::find(rows, tag.tag_key.value_or(""), &store::Tag::key);
    store::Tag& to = row != rows.end() ? *row : *rows.Add();
    to.set_key(tag.tag_key.value_or(""));
    to.set_value(tag.tag_value.value_or(""));
  }
}

void delete_tags(const std::vector<Tag>& tags, TagRows& rows) {
  for (const Tag& tag : tags) {
    const auto row = std::ranges::find(rows, tag.tag_key.value_or(""), &store::Tag::key);
    if (row != rows.end()) rows.erase(row);
  }
}

List<answer::Tag> shown_tags(const store::Cluster& cluster, Arena& arena) {
  return arena.each(cluster.tags(), [](const store::Tag& tag) {
    return answer::Tag{.tag_key = tag.key(), .tag_value = tag.value()};
  });
}

}  // namespace tusker::api
