#include "pages/page_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/letters.h"

namespace tusker {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// As every servlet container does it; what is not an escape stays.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 &&
                        digit_of(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The path as a servlet container matches it: decoded, without parameters and empty parts.
Result<std::vector<std::string>> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (const std::string_view raw : split(path, "/")) {
    std::string segment = decoded(raw.substr(0, raw.find(';')));
    if (segment == "." || segment == ".." || segment.find('/') != std::string::npos)
      return Error(ErrorCode::InvalidArgument,
                   "the path has a part that is \".\", \"..\" or \"/\"");
    if (!segment.empty()) segments.push_back(std::move(segment));
  }
  return segments;
}

bool is_for_daemons(std::string_view first) {
  constexpr std::array<std::string_view, 5> kNames = {
      "logLevel", "imagetransfer", "getJournal", "fsck", "prof"};
  return std::find(kNames.begin(), kNames.end(), first) != kNames.end();
}

// Also split at ";", as a DataNode does. Says whether the user is named.
Result<bool> check_query(std::string_view query) {
  bool named = false;
  for (const std::string_view parameter : split(query, "&;")) {
    const std::size_t equals = parameter.find('=');
    const std::string name = lower_case(decoded(parameter.substr(0, equals)));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    if (name == "doas" || (name == "user.name" && decoded(value) != kPageUser)) {
      return Error::make(ErrorCode::PermissionDenied,
                         "pages act as the user {}; use tusker run for what another user may do",
                         kPageUser);
    }
    named |= name == "user.name";
  }
  return named;
}

}  // namespace

Result<std::string> node_target(std::string_view path, std::string_view query) {
  TK_TRY(const std::vector<std::string> segments, segments_of(path));
  TK_TRY(const bool named, check_query(query));
  const std::string first = segments.empty() ? "" : segments.front();
  if (is_for_daemons(first)) {
    return Error::make(
        ErrorCode::PermissionDenied, "/{} is not a page to look at; it is not passed on", first);
  }
  std::string target(path);
  if (!query.empty()) target += fmt::format("?{}", query);
  if (first == "webhdfs" && !named)
    target += fmt::format("{}user.name={}", query.empty() ? "?" : "&", kPageUser);
  return target;
}

}  // namespace tusker
