#include "bundle/python.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "bundle/tree.h"

namespace tusker {
namespace {

namespace fs = std::filesystem;

// pip reads an archive's metadata by running its setup.py. --require-hashes has it compare digests
// before that, and --no-build-isolation keeps it from fetching tools that no lock names.
ToolRun pip_run(const PythonSource& python, const std::string& scratch) {
  const std::string temporary = scratch + "/pip";
  ToolRun run;
  run.phase = "download";
  run.argv = {"pip3",
              "download",
              "--no-input",
              "--disable-pip-version-check",
              "--no-cache-dir",
              "--progress-bar=off",
              "--no-deps",
              "--no-binary=:all:",
              "--no-build-isolation",
              "--require-hashes",
              "--requirement=" + scratch + "/requirements.txt",
              "--dest=" + scratch + "/delivered"};
  run.environment = {{"TMPDIR", temporary}};
  run.bytes_total = python.archive.size;
  // It unpacks beside what it has downloaded: more than all is not to be told.
  run.bytes_done = [temporary, most = python.archive.size] {
    return std::min(Tree(temporary).size(), most);
  };
  run.line_shown = [](std::string_view line) {
    return line.find("://") == std::string_view::npos ? std::string(line) : std::string();
  };
  return run;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

Status pip_failure(const PythonSource& python, const ToolEnd& end) {
  if (has_any(end.output, {"DO NOT MATCH THE HASHES"})) {
    return Error::make(ErrorCode::Corrupt,
                       "the registry's {} is not the one that the lock names, so it is not used",
                       python.archive.file_name());
  }
  if (!has_any(end.output,
               {"Could not find a version",
                "No matching distribution",
                "Max retries exceeded",
                "connection broken",
                "timed out",
                "Temporary failure"})) {
    return tool_failed("pip3", end);
  }
  return Error::make(ErrorCode::Unavailable,
                     "no Python registry answers with {}: connect this machine to the network, set "
                     "pip's index to a mirror that has it, or copy the blob folder of a machine "
                     "that has built it",
                     python.archive.file_name());
}

// Links and devices could lead whoever reads the tree out of it.
Status expect_files_and_folders(const std::string& folder) {
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(folder, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    const fs::file_status status = at->symlink_status();
    if (fs::is_directory(status) || fs::is_regular_file(status)) continue;
    return Error::make(
        ErrorCode::Corrupt, "{} is neither a file nor a folder", at->path().string());
  }
  if (error) return Error::from_errno(error.value(), folder);
  return ok_status();
}

}  // namespace

Result<std::string> fetch_with_pip(const PythonSource& python,
                                   const std::string& scratch,
                                   const std::string& cache,
                                   const Tools& tools) {
  const std::string kept = cache + "/" + python.archive.file_name();
  if (check_artifact(python.archive, kept).ok()) return kept;
  TK_TRY_VOID(ensure_directory(cache, 0700));
  for (const char* folder : {"/pip", "/delivered"}) {
    TK_TRY_VOID(ensure_directory(scratch + folder, 0700));
  }
  TK_TRY_VOID(write_file_atomic(
      scratch + "/requirements.txt",
      fmt::format("{} --hash=sha256:{}\n", python.archive.coordinates, python.archive.sha256),
      0600));
  TK_TRY(const ToolEnd end, tools.run(pip_run(python, scratch)));
  if (end.exit_code != 0) return pip_failure(python, end).error();
  const std::string delivered = scratch + "/delivered/" + python.archive.file_name();
  TK_TRY_VOID(check_artifact(python.archive, delivered));
  std::error_code error;
  fs::rename(delivered, kept, error);
  if (error) return Error::from_errno(error.value(), kept);
  return kept;
}

Status unpack_source_archive(const PythonSource& python,
                             const std::string& archive,
                             const std::string& to,
                             const Tools& tools) {
  TK_TRY_VOID(ensure_directory(to, 0755));
  ToolRun run;
  run.phase = "check";
  // tar keeps out of what lies above by itself: absolute names and "..", also by way of links.
  run.argv = {"tar",
              "--extract",
              "--gzip",
              "--no-same-owner",
              "--no-same-permissions",
              "--strip-components=1",
              "--directory=" + to,
              "--file=" + archive,
              "--"};
  for (const auto& [path, place] : python.take)
    run.argv.push_back(python.archive.top_folder() + "/" + path);
  TK_TRY_VOID(tools.must_run(run));
  return expect_files_and_folders(to);
}

}  // namespace tusker
