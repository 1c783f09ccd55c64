#include "bundle/component_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "bundle/java_build.h"
#include "bundle/maven.h"
#include "bundle/python.h"
#include "bundle/squashfs.h"
#include "bundle/tree.h"

namespace tusker {
namespace {

namespace fs = std::filesystem;

bool is_beside_class_path(const MavenSource& maven, const std::string& coordinates) {
  return maven.unpack.contains(coordinates) || maven.copy.contains(coordinates);
}

std::set<std::string> file_names(const std::string& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    names.insert(entry.path().filename());
  return names;
}

constexpr std::size_t kMostFaults = 10;

// Every file is in the lock with this content, and every locked file is there: the differences in
// one message.
Status check_delivery(const MavenSource& maven, const std::string& delivered, const Tools& tools) {
  std::vector<std::string> faults;
  std::set<std::string> unexpected;
  unexpected.merge(file_names(delivered + "/lib"));
  unexpected.merge(file_names(delivered + "/extra"));
  std::uint64_t checked = 0;
  for (const LockedArtifact& artifact : maven.lock.artifacts) {
    const std::string folder =
        is_beside_class_path(maven, artifact.coordinates) ? "/extra/" : "/lib/";
    const Status same = check_artifact(artifact, delivered + folder + artifact.file_name());
    if (!same.ok()) faults.push_back(same.error().message());
    unexpected.erase(artifact.file_name());
    checked += artifact.size;
    tools.say("check", artifact.file_name(), checked, maven.lock.total_bytes());
    TK_TRY_VOID(tools.go_on());
  }
  for (const std::string& name : unexpected) faults.push_back(name + " is not in the lock");
  if (faults.empty()) return ok_status();
  if (faults.size() > kMostFaults) {
    const std::size_t more = faults.size() - kMostFaults;
    faults.resize(kMostFaults);
    faults.push_back(fmt::format("and {} more", more));
  }
  return Error::make(ErrorCode::Corrupt,
                     "what Maven delivered is not what the lock names, so nothing of it is used: "
                     "{}. If the change is wanted, run tools/train/lock.sh "
                     "and review the difference",
                     fmt::join(faults, "; "));
}

Status unpack_jar(const std::string& jar,
                  const BundleUnpack& unpack,
                  const Tree& tree,
                  const Tools& tools) {
  TK_TRY_VOID(tree.make_directory(unpack.into, 0755));
  ToolRun run;
  run.phase = "check";
  run.argv = {
      "unzip", "-q", "-o", jar, unpack.entries + "*", "-d", tree.root() + "/" + unpack.into};
  return tools.must_run(run);
}

Status assemble_jars(const MavenSource& maven,
                     const std::string& delivered,
                     const Tree& tree,
                     const Tools& tools) {
  for (const LockedArtifact& artifact : maven.lock.artifacts) {
    const std::string name = artifact.file_name();
    const auto unpack = maven.unpack.find(artifact.coordinates);
    const auto copy = maven.copy.find(artifact.coordinates);
    const std::string beside = fmt::format("{}/extra/{}", delivered, name);
    if (unpack != maven.unpack.end()) {
      TK_TRY_VOID(unpack_jar(beside, unpack->second, tree, tools));
    } else if (copy != maven.copy.end()) {
      TK_TRY_VOID(tree.move_in(beside, copy->second));
    } else {
      TK_TRY_VOID(tree.move_in(fmt::format("{}/lib/{}", delivered, name),
                               fmt::format("{}/{}", maven.class_path, name)));
    }
  }
  return ok_status();
}

Status fill_from_maven(const MavenSource& maven,
                       const ScratchFolder& scratch,
                       const Tree& tree,
                       const Tools& tools) {
  const std::string delivered = scratch.in("delivered");
  TK_TRY_VOID(fetch_with_maven(maven, scratch.path(), delivered, tools));
  TK_TRY_VOID(check_delivery(maven, delivered, tools));
  return assemble_jars(maven, delivered, tree, tools);
}

Status fill_from_python(const PythonSource& python,
                        const ScratchFolder& scratch,
                        const std::string& cache,
                        const Tree& tree,
                        const Tools& tools) {
  TK_TRY(const std::string archive, fetch_with_pip(python, scratch.path(), cache, tools));
  const std::string unpacked = scratch.in("unpacked");
  TK_TRY_VOID(unpack_source_archive(python, archive, unpacked, tools));
  for (const auto& [path, place] : python.take)
    TK_TRY_VOID(tree.move_folder_in(fmt::format("{}/{}", unpacked, path), place));
  for (const std::string& pattern : python.leave_out) TK_TRY_VOID(tree.remove_matching(pattern));
  return ok_status();
}

// All jars in the class path's folder. The build has put there what the lock names and nothing
// else.
std::vector<std::string> class_path_of(const BundleDefinition& definition, const Tree& tree) {
  const std::string folder =
      definition.maven ? definition.maven->class_path : definition.python->class_path;
  std::vector<std::string> jars;
  for (const std::string& name : file_names(tree.root() + "/" + folder)) {
    if (name.ends_with(".jar"))
      jars.push_back(fmt::format("{}/{}/{}", definition.mount, folder, name));
  }
  std::ranges::sort(jars);  // bytewise: the order that the archive is made with
  return jars;
}

Status fill(const BundleDefinition& definition,
            const BundleEntry* image,
            const ScratchFolder& scratch,
            const Workspace& workspace,
            const Tree& tree,
            const Tools& tools) {
  TK_TRY_VOID(
      definition.maven
          ? fill_from_maven(*definition.maven, scratch, tree, tools)
          : fill_from_python(*definition.python, scratch, workspace.cache("python"), tree, tools));
  if (definition.java) {
    if (image == nullptr)
      return Error::make(ErrorCode::FailedPrecondition, "there is no image to compile Java in");
    TK_TRY_VOID(compile_java(
        definition, *image, class_path_of(definition, tree), scratch, tree, tools, workspace));
  }
  for (const auto& [path, file] : definition.files) TK_TRY_VOID(tree.write(path, file));
  for (const auto& [path, target] : definition.links) TK_TRY_VOID(tree.link(path, target));
  return tree.normalise_modes();
}

}  // namespace

Result<BundleEntry> build_component(const BundleDefinition& definition,
                                    const BundleEntry* image,
                                    const Tools& tools,
                                    const Workspace& workspace) {
  TK_TRY(const ScratchFolder scratch, workspace.scratch());
  const Tree tree(scratch.in("root"));
  TK_TRY_VOID(ensure_directory(tree.root(), 0755));
  TK_TRY_VOID(
      fill(definition, image, scratch, workspace, tree, tools).context("{}", definition.title()));

  TK_TRY(const Workspace::Blob blob,
         pack_tree(tools, workspace, tree.root(), true, definition.packed_bytes));
  BundleEntry entry;
  entry.name = definition.name;
  entry.version = definition.version;
  entry.kind = BundleKind::Component;
  entry.digest = blob.digest;
  entry.size = blob.size;
  entry.facts["mount"] = definition.mount;
  entry.class_path = class_path_of(definition, tree);
  return entry;
}

}  // namespace tusker
