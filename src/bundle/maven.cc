#include "bundle/maven.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"

namespace tusker {
namespace {

constexpr std::size_t kMostNamed = 20;

// "[INFO] Downloading from central: https://…/guava-33.jar" → "guava-33.jar": people need no
// address. "" when the line says nothing of note.
std::string shown(std::string_view line) {
  if (line.starts_with("[ERROR]") || line.starts_with("[WARNING]")) return std::string(line);
  const std::size_t from = line.find("Downloading from ");
  if (from == std::string_view::npos) return "";
  return std::string(line.substr(line.rfind('/') + 1));
}

ToolRun maven_run(const MavenSource& maven,
                  const std::string& pom,
                  const std::string& out,
                  bool offline,
                  std::uint64_t& done) {
  ToolRun run;
  run.phase = "download";
  run.argv = {"mvn", "-B", "-f", pom, "package", "-Dtusker.out=" + out, "-Dtusker.layout=false"};
  if (offline) run.argv.insert(run.argv.begin() + 1, "-o");
  run.bytes_total = maven.lock.total_bytes();
  run.bytes_done = [&done] { return done; };
  run.line_shown = [&done](std::string_view line) {
    done += downloaded_bytes(line);
    return shown(line);
  };
  return run;
}

// Locked files that Maven's default cache lacks.
std::vector<std::string> missing_in_cache(const BundleLock& lock) {
  const char* home = ::getenv("HOME");
  const std::string repository = std::string(home == nullptr ? "/root" : home) + "/.m2/repository/";
  std::vector<std::string> missing;
  for (const LockedArtifact& artifact : lock.artifacts) {
    if (!path_exists(repository + artifact.repository_path()))
      missing.push_back(artifact.coordinates);
  }
  return missing;
}

std::string missing_text(const BundleLock& lock) {
  std::vector<std::string> missing = missing_in_cache(lock);
  const std::size_t count = missing.size();
  if (count == 0) return "every locked artefact is cached, but a POM or a plugin of Maven is not";
  if (count > kMostNamed) missing.resize(kMostNamed);
  return fmt::format("missing are {} of {} artefacts: {}{}",
                     count,
                     lock.artifacts.size(),
                     fmt::join(missing, ", "),
                     count > kMostNamed ? ", …" : "");
}

// Maven's explanation without its hints and the addresses of registries.
std::string reason(std::string_view output) {
  const std::size_t at = output.find("[ERROR]");
  if (at == std::string_view::npos) return "";
  std::string_view line = output.substr(at, output.find('\n', at) - at);
  line.remove_prefix(7);
  return fmt::format(" ({})", line.substr(0, std::min<std::size_t>(line.size(), 400)));
}

bool looks_offline(std::string_view output) {
  for (const std::string_view sign : {"Could not transfer",
                                      "Unknown host",
                                      "Connection refused",
                                      "Connect timed out",
                                      "Temporary failure",
                                      "in offline mode",
                                      "No route to host",
                                      "Network is unreachable",
                                      "Could not find artifact"}) {
    if (output.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::uint64_t downloaded_bytes(std::string_view line) {
  if (line.find("Downloaded from ") == std::string_view::npos) return 0;
  const std::size_t open = line.rfind('(');
  if (open == std::string_view::npos) return 0;
  const std::string_view size = line.substr(open + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), value);
  if (error != std::errc() || !(value >= 0 && value <= 1e6))
    return 0;  // "nan" is a number to from_chars
  const std::string_view unit = size.substr(static_cast<std::size_t>(end - size.data()));
  const double factor = unit.starts_with(" GB")   ? 1e9
                        : unit.starts_with(" MB") ? 1e6
                        : unit.starts_with(" kB") ? 1e3
                                                  : 1;
  return static_cast<std::uint64_t>(value * factor);
}

Status fetch_with_maven(const MavenSource& maven,
                        const std::string& scratch,
                        const std::string& out,
                        const Tools& tools) {
  const std::string pom = scratch + "/pom.xml";
  TK_TRY_VOID(write_file_atomic(pom, maven.pom, 0644));
  std::uint64_t done = 0;
  TK_TRY(ToolEnd end, tools.run(maven_run(maven, pom, out, false, done)));
  if (end.exit_code == 0) return ok_status();
  if (!looks_offline(end.output)) return tool_failed("mvn", end);

  tools.say("download", "no registry answers: trying with what Maven has cached");
  TK_TRY(const ToolEnd again, tools.run(maven_run(maven, pom, out, true, done)));
  if (again.exit_code == 0) return ok_status();
  return Error::make(ErrorCode::Unavailable,
                     "no Maven registry answers, and Maven's cache is not complete: {}{}. Connect "
                     "this machine to the network, or copy the blob "
                     "folder of a machine that has built it",
                     missing_text(maven.lock),
                     reason(end.output));
}

}  // namespace tusker
