#include "base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "base/file.h"

namespace tusker {
namespace {

// Length of the UTF-8 sequence at the start of `bytes` (RFC 3629), 0 if there is none.
std::size_t sequence_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = at(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && at(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && at(1) > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && at(1) < 0x90) return 0;
  if (lead == 0xF4 && at(1) > 0x8F) return 0;
  return length;
}

}  // namespace

std::string as_message_text(std::string_view bytes, std::size_t limit) {
  std::string out;
  out.reserve(std::min(bytes.size(), limit));
  while (!bytes.empty() && out.size() < limit) {
    const std::size_t length = sequence_length(bytes);
    // C1: a terminal may take "\xC2\x9B" for the beginning of an escape sequence.
    const bool two_byte_control =
        length == 2 && bytes[0] == '\xC2' && static_cast<std::uint8_t>(bytes[1]) < 0xA0;
    const bool control = two_byte_control || (static_cast<std::uint8_t>(bytes.front()) < ' ' &&
                                              bytes.front() != '\t' && bytes.front() != '\n');
    if (length == 0 || control || bytes.front() == '\x7f') {
      out += '?';
      bytes.remove_prefix(1);
      continue;
    }
    if (out.size() + length > limit) break;
    out += bytes.substr(0, length);
    bytes.remove_prefix(length);
  }
  return out;
}

std::vector<std::string> last_lines(const std::string& path, std::size_t count, std::size_t bytes) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const auto size = static_cast<std::size_t>(info.st_size);
  const std::size_t begin = size > bytes ? size - bytes : 0;
  std::string tail(size - begin, '\0');
  const ssize_t n = ::pread(file.get(), tail.data(), tail.size(), static_cast<off_t>(begin));
  tail.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  if (tail.ends_with('\n')) tail.pop_back();

  std::vector<std::string> lines;
  std::string_view left = tail;
  while (!left.empty() && lines.size() < count) {
    const std::size_t newline = left.rfind('\n');
    const std::string_view line = left.substr(newline == std::string_view::npos ? 0 : newline + 1);
    lines.push_back(as_message_text(line, 1000));
    if (newline == std::string_view::npos) break;
    left = left.substr(0, newline);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

std::string shell_quoted(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace tusker
