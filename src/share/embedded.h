#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tusker {

// The definitions that come with the program: every file below components/ and releases/ as it was
// when the program was built, so that one executable needs no share folder beside it. Paths are
// relative to the source tree, with '/': "components/hadoop/bundle.yaml". Any thread; the bytes
// live as long as the program.

// The file's bytes, or nothing when there is no such file.
std::optional<std::string_view> embedded_file(std::string_view path);

// Paths that begin with `prefix`, sorted by bytes; all of them for "". list_embedded("releases/")
// are the releases.
std::vector<std::string_view> list_embedded(std::string_view prefix);

// One row of the generated table, sorted by path; for cmake/TuskerEmbed.cmake.
struct EmbeddedFile {
  std::string_view path;
  const char* begin;
  const char* end;
};
std::span<const EmbeddedFile> embedded_share();

}  // namespace tusker
