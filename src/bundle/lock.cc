#include "bundle/lock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "base/encoding.h"

namespace tusker {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Coordinates become file names, so a part is what Maven allows in one and never "..".
bool is_coordinate_part(std::string_view part) {
  const bool plain = std::ranges::all_of(part, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '+';
  });
  return plain && !part.empty() && part.find("..") == std::string_view::npos && part.front() != '.';
}

// "pyspark==4.1.4" → its two parts; else empty.
std::vector<std::string> python_parts(std::string_view text) {
  const std::size_t at = text.find("==");
  if (at == std::string_view::npos) return {};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 2))};
}

bool are_coordinates(std::string_view text) {
  if (const auto parts = python_parts(text); !parts.empty())
    return std::ranges::all_of(parts, is_coordinate_part);
  const std::vector<std::string> parts = split(text, ':');
  return (parts.size() == 4 || parts.size() == 5) && parts[2] == "jar" &&
         std::ranges::all_of(parts, is_coordinate_part);
}

// What is wrong with one line, or "".
std::string read_row(std::string_view line, LockedArtifact& artifact) {
  const std::vector<std::string> words = split(line, ' ');
  if (words.size() != 3) return "wanted \"sha256 bytes coordinates\", separated by single spaces";
  if (!is_digest("sha256:" + words[0]))
    return fmt::format("\"{}\" is not 64 lower-case hex digits", words[0]);
  const char* end = words[1].data() + words[1].size();
  const auto [at, error] = std::from_chars(words[1].data(), end, artifact.size);
  if (error != std::errc() || at != end)
    return fmt::format("\"{}\" is not a number of bytes", words[1]);
  if (!are_coordinates(words[2])) {
    return fmt::format("\"{}\" is not group:artifact:jar[:classifier]:version, nor name==version",
                       words[2]);
  }
  artifact.sha256 = words[0];
  artifact.coordinates = words[2];
  return "";
}

}  // namespace

bool LockedArtifact::is_python() const {
  return !python_parts(coordinates).empty();
}

std::string LockedArtifact::top_folder() const {
  return fmt::format("{}", fmt::join(python_parts(coordinates), "-"));
}

std::string LockedArtifact::file_name() const {
  if (is_python()) return top_folder() + ".tar.gz";
  const std::vector<std::string> parts = split(coordinates, ':');
  return parts.size() == 5 ? fmt::format("{}-{}-{}.jar", parts[1], parts[4], parts[3])
                           : fmt::format("{}-{}.jar", parts[1], parts[3]);
}

std::string LockedArtifact::repository_path() const {
  const std::vector<std::string> parts = split(coordinates, ':');
  std::string group = parts[0];
  std::ranges::replace(group, '.', '/');
  return fmt::format("{}/{}/{}/{}", group, parts[1], parts.back(), file_name());
}

const LockedArtifact* BundleLock::find(std::string_view coordinates) const {
  const auto at = std::ranges::find(artifacts, coordinates, &LockedArtifact::coordinates);
  return at == artifacts.end() ? nullptr : &*at;
}

std::uint64_t BundleLock::total_bytes() const {
  std::uint64_t total = 0;
  for (const LockedArtifact& artifact : artifacts) total += artifact.size;
  return total;
}

Result<BundleLock> parse_bundle_lock(std::string_view text, std::string_view file) {
  BundleLock lock;
  std::vector<std::string> faults;
  std::set<std::string> names;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    LockedArtifact artifact;
    std::string fault = read_row(line, artifact);
    if (fault.empty() && !names.insert(artifact.file_name()).second) {
      fault = fmt::format("a second artefact with the file name {}", artifact.file_name());
    }
    if (!fault.empty()) faults.push_back(fmt::format("{}:{}: {}", file, number, fault));
    lock.artifacts.push_back(std::move(artifact));
  }
  if (lock.artifacts.empty()) faults.push_back(fmt::format("{}: locks no artefact", file));
  if (!faults.empty())
    return Error::make(ErrorCode::InvalidArgument, "{}", fmt::join(faults, "\n"));
  return lock;
}

Status check_artifact(const LockedArtifact& artifact, const std::string& path) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  if (error) return Error::from_errno(error.value(), path);
  if (size != artifact.size) {
    return Error::make(ErrorCode::Corrupt,
                       "{} has {} bytes, the lock says {}",
                       artifact.coordinates,
                       size,
                       artifact.size);
  }
  TK_TRY(const std::string sha256, sha256_hex_of_file(path));
  if (sha256 != artifact.sha256) {
    return Error::make(ErrorCode::Corrupt,
                       "{} has SHA-256 {}, the lock says {}",
                       artifact.coordinates,
                       sha256,
                       artifact.sha256);
  }
  return ok_status();
}

}  // namespace tusker
