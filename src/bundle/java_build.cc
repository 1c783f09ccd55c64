#include "bundle/java_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/file.h"
#include "bundle/image_program.h"

namespace tusker {
namespace {

constexpr std::string_view kTime = "2020-01-01T00:00:00Z";  // of each entry of the jar

std::string compiler_arguments(const JavaSources& java, const std::vector<std::string>& jars) {
  std::string text =
      fmt::format("-proc:none\n-nowarn\n-d\n/tmp/classes\n-cp\n{}\n", fmt::join(jars, ":"));
  for (const auto& [name, content] : java.sources) text += fmt::format("/tmp/{}\n", name);
  return text;
}

}  // namespace

Status compile_java(const BundleDefinition& definition,
                    const BundleEntry& image,
                    const std::vector<std::string>& class_path,
                    const ScratchFolder& scratch,
                    const Tree& tree,
                    const Tools& tools,
                    const Workspace& workspace) {
  const JavaSources& java = *definition.java;
  ImageProgram program{blob_path(workspace.blobs(), image.digest),
                       tree.root(),
                       definition.mount,
                       scratch.in("image"),
                       scratch.in("exchange"),
                       {}};
  TK_TRY_VOID(ensure_directory(program.root, 0755));
  TK_TRY_VOID(ensure_directory(program.exchange, 0755));
  for (const auto& [name, content] : java.sources)
    TK_TRY_VOID(write_file_atomic(program.exchange + "/" + name, content, 0644));
  TK_TRY_VOID(write_file_atomic(
      program.exchange + "/arguments", compiler_arguments(java, class_path), 0644));

  ToolRun run;
  run.phase = "compile";
  program.argv = {
      definition.archive->java, "-m", "jdk.compiler/com.sun.tools.javac.Main", "@/tmp/arguments"};
  run.argv = command_of(program);
  TK_TRY_VOID(tools.must_run(run));
  program.argv = {definition.archive->java,
                  "-m",
                  "jdk.jartool/sun.tools.jar.Main",
                  "--create",
                  "--file=/tmp/own.jar",
                  fmt::format("--date={}", kTime),
                  "-C",
                  "/tmp/classes",
                  "."};
  run.argv = command_of(program);
  TK_TRY_VOID(tools.must_run(run));
  return tree.move_in(program.exchange + "/own.jar", java.into);
}

}  // namespace tusker
