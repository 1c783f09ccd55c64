#include "api/json_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "api/utf8.h"

namespace tusker::api {
namespace {

constexpr std::size_t kLongestEscape = 6;  // \u001f

// Bytes that can be copied as they are: printable ASCII without quote and backslash.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

constexpr std::uint64_t each(std::uint64_t byte) {
  return byte * 0x0101010101010101ULL;
}

// Whether some byte of `block` is `byte`. (Hacker's Delight, 6-1.)
constexpr std::uint64_t has(std::uint64_t block, unsigned char byte) {
  const std::uint64_t zeroed = block ^ each(byte);
  return (zeroed - each(1)) & ~zeroed & each(0x80);
}

// Whether kPlain holds for eight bytes at once.
constexpr bool are_plain(std::uint64_t block) {
  const std::uint64_t controls = (block - each(0x20)) & ~block & each(0x80);
  const std::uint64_t found =
      controls | (block & each(0x80)) | has(block, '"') | has(block, '\\') | has(block, 0x7F);
  return found == 0;
}

template <typename Word>
Word load(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <typename Word>
void store(char* at, Word word) {
  std::memcpy(at, &word, sizeof word);
}

// Copies a text that has only plain bytes; false, some of it copied, when it has others. The last
// word of a text overlaps the one before it, so that hardly any text is looked at byte by byte.
bool put_plain(char* at, std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  constexpr std::size_t kHalf = sizeof(std::uint32_t);
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (size >= kWord) {
    for (std::size_t i = 0; i + kWord < size; i += kWord) {
      const auto word = load<std::uint64_t>(from + i);
      if (!are_plain(word)) return false;
      store(at + i, word);
    }
    const auto last = load<std::uint64_t>(from + size - kWord);
    store(at + size - kWord, last);
    return are_plain(last);
  }
  if (size >= kHalf) {
    const auto first = load<std::uint32_t>(from);
    const auto last = load<std::uint32_t>(from + size - kHalf);
    store(at, first);
    store(at + size - kHalf, last);
    return are_plain(first | (std::uint64_t{last} << 32));
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (!kPlain[static_cast<unsigned char>(from[i])]) return false;
    at[i] = from[i];
  }
  return true;
}

// What stands at the front of `text`, which is no plain byte. Sets how many bytes that were.
char* put_special(char* at, std::string_view text, std::size_t& taken) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char c = text[0];
  const auto byte = static_cast<unsigned char>(c);
  taken = 1;
  if (byte >= 0x80) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return put(at, "\xEF\xBF\xBD");
    taken = length;
    std::memcpy(at, text.data(), length);
    return at + length;
  }
  switch (c) {
    case '"':
      return put(at, "\\\"");
    case '\\':
      return put(at, "\\\\");
    case '\n':
      return put(at, "\\n");
    case '\r':
      return put(at, "\\r");
    case '\t':
      return put(at, "\\t");
    default:
      at = put(at, "\\u00");
      *at++ = kHex[byte >> 4];
      *at++ = kHex[byte & 15];
      return at;
  }
}

}  // namespace

JsonWriter::JsonWriter(std::string& out) : out_(out), used_(out.size()) {}

char* JsonWriter::begin() {
  return make_room(used_, std::max(out_.capacity(), used_ + kRoom));
}

char* JsonWriter::grow(char* at, std::size_t room) {
  const auto used = static_cast<std::size_t>(at - out_.data());
  return make_room(used, std::max(out_.size() * 2, used + room));
}

// Not resize(), which would clear every byte that is about to be written.
char* JsonWriter::make_room(std::size_t used, std::size_t size) {
  out_.resize_and_overwrite(size, [](char*, std::size_t all) { return all; });
  end_ = out_.data() + out_.size();
  return out_.data() + used;
}

char* JsonWriter::again(char* at, std::size_t offset, std::size_t size) {
  if (static_cast<std::size_t>(end_ - at) < size + kRoom) at = grow(at, size + kRoom);
  std::memcpy(at, out_.data() + offset, size);
  return at + size;
}

char* JsonWriter::long_text(char* at, std::string_view text) {
  const auto make_room = [&](std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at) < bytes) at = grow(at, bytes);
  };
  make_room(text.size() + 2 + kRoom);
  *at++ = '"';
  if (put_plain(at, text)) {
    at += text.size();
  } else {
    for (std::size_t done = 0; done < text.size();) {
      make_room(kLongestEscape + 1 + kRoom);
      std::size_t taken = 1;
      if (kPlain[static_cast<unsigned char>(text[done])]) {
        *at++ = text[done];
      } else {
        at = put_special(at, text.substr(done), taken);
      }
      done += taken;
    }
  }
  *at++ = '"';
  return at;
}

char* put(char* at, double number) {
  const double finite = std::isfinite(number) ? number : 0.0;
  return std::to_chars(at, at + JsonWriter::kLongestNumber, finite).ptr;
}

void append_json(std::string& out, std::string_view text) {
  JsonWriter writer(out);
  writer.finish(writer.text(writer.begin(), text));
}

}  // namespace tusker::api
