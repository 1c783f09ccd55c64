#include "bundle/archive_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "base/file.h"
#include "bundle/image_program.h"

namespace tusker {
namespace {

std::string java_arguments(const ArchiveDefinition& archive, const BundleEntry& bundle) {
  return fmt::format(
      "-Xshare:dump\n-XX:SharedClassListFile=/tmp/classes.lst\n-XX:SharedArchiveFile=/tmp/"
      "archive.jsa\n{}\n-cp\n{}\n",
      fmt::join(archive.options, "\n"),
      fmt::join(bundle.class_path, ":"));
}

// Java says a line for each class that it leaves out, which is normal (signed jars): not for
// people.
std::string shown(std::string_view line) {
  return line.find("[warning]") == std::string_view::npos ? std::string(line) : std::string();
}

}  // namespace

Result<BundleEntry> build_archive(const BundleDefinition& definition,
                                  const BundleEntry& image,
                                  const BundleEntry& bundle,
                                  const Tools& tools,
                                  const Workspace& workspace) {
  const ArchiveDefinition& archive = *definition.archive;
  TK_TRY(const ScratchFolder scratch, workspace.scratch());
  const std::string root = scratch.in("root");
  const std::string exchange = scratch.in("exchange");
  TK_TRY_VOID(ensure_directory(root, 0755));
  TK_TRY_VOID(ensure_directory(exchange, 0755));
  TK_TRY_VOID(write_file_atomic(exchange + "/classes.lst", archive.class_list, 0644));
  TK_TRY_VOID(write_file_atomic(exchange + "/arguments", java_arguments(archive, bundle), 0644));

  const std::string dumped = exchange + "/archive.jsa";
  ToolRun dump;
  dump.phase = "dump";
  dump.argv = command_of({blob_path(workspace.blobs(), image.digest),
                          blob_path(workspace.blobs(), bundle.digest),
                          definition.mount,
                          root,
                          exchange,
                          {archive.java, "@/tmp/arguments"}});
  dump.timeout = std::chrono::minutes(20);
  dump.bytes_total = archive.packed_bytes;
  dump.bytes_done = [&dumped] {
    std::error_code error;
    const auto size = std::filesystem::file_size(dumped, error);
    return error ? 0 : static_cast<std::uint64_t>(size);
  };
  dump.line_shown = shown;
  TK_TRY_VOID(tools.must_run(dump));
  TK_TRY_VOID(tools.go_on());

  std::error_code error;
  std::filesystem::copy_file(
      dumped, workspace.incoming(), std::filesystem::copy_options::overwrite_existing, error);
  if (error)
    return Error::from_errno(
        error.value(),
        fmt::format("{}: Java ended well and left no archive at {}", definition.title(), dumped));
  TK_TRY(const Workspace::Blob blob, workspace.adopt_incoming());
  BundleEntry entry;
  entry.name = definition.name;
  entry.version = definition.version;
  entry.kind = BundleKind::Archive;
  entry.digest = blob.digest;
  entry.size = blob.size;
  entry.facts["path"] = archive.path;
  if (const auto jre = image.facts.find("jre"); jre != image.facts.end())
    entry.facts["jre"] = jre->second;
  entry.archive_of_image = image.digest;
  entry.archive_of_bundle = bundle.digest;
  return entry;
}

}  // namespace tusker
