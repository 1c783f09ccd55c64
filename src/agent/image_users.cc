#include "agent/image_users.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/file.h"

namespace tusker {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return value;
}

}  // namespace

bool is_user_name(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  const auto is_start = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return is_start(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
           return is_start(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<ImageUsers> ImageUsers::read(const std::string& image_root) {
  TK_TRY(const std::string passwd, read_file(image_root + "/etc/passwd", 1 << 20));
  TK_TRY(const std::string group, read_file(image_root + "/etc/group", 1 << 20));
  return parse(passwd, group);
}

ImageUsers ImageUsers::parse(std::string_view passwd, std::string_view group) {
  ImageUsers out;
  for (const std::string_view line : split(passwd, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 7) continue;
    const auto uid = number(fields[2]);
    const auto gid = number(fields[3]);
    if (!uid || !gid || !is_user_name(fields[0])) continue;
    out.users_[std::string(fields[0])] = {
        std::string(fields[0]), *uid, *gid, std::string(fields[5]), std::string(fields[6]), {}};
  }
  for (const std::string_view line : split(group, '\n')) {
    const auto fields = split(line, ':');
    const auto gid = fields.size() < 4 ? std::nullopt : number(fields[2]);
    if (!gid) continue;
    for (const std::string_view member : split(fields[3], ',')) {
      const auto user = out.users_.find(member);
      if (user != out.users_.end()) user->second.groups.push_back(*gid);
    }
  }
  return out;
}

Result<ImageUser> ImageUsers::find(std::string_view name) const {
  const auto by_name = users_.find(name);
  if (by_name != users_.end()) return by_name->second;
  if (const auto uid = number(name)) {
    for (const auto& [key, user] : users_) {
      if (user.uid == *uid) return user;
    }
  }
  std::string known;
  for (const auto& [key, user] : users_) known += (known.empty() ? "" : ", ") + key;
  return Error::make(ErrorCode::NotFound, "no user '{:.40}' in the image; it has {}", name, known);
}

}  // namespace tusker
