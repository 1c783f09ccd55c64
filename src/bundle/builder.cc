#include "bundle/builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "base/program_path.h"
#include "bundle/archive_build.h"
#include "bundle/component_build.h"
#include "bundle/definition.h"
#include "bundle/image_build.h"
#include "bundle/tools.h"
#include "bundle/workspace.h"
#include "plan/nearest.h"
#include "share/embedded.h"

namespace tusker {
namespace {

struct Program {
  std::string name;
  std::string package;  // Debian's
};

// One build: definitions chosen, images first, since archives need them.
class Build {
 public:
  Build(ProcessRunner& processes, const Clock& clock, const BundleBuildOptions& options)
      : processes_(processes), clock_(clock), options_(options) {}

  // The definitions that were asked for and what their archives need.
  Status choose(std::vector<BundleDefinition> all) {
    std::map<std::string, BundleDefinition> by_name;
    std::vector<std::string> known;
    for (BundleDefinition& definition : all) {
      known.push_back(definition.name);
      by_name.emplace(definition.name, std::move(definition));
    }
    std::set<std::string> wanted(options_.names.begin(), options_.names.end());
    if (wanted.empty()) wanted.insert(known.begin(), known.end());
    for (const std::string& name : std::set<std::string>(wanted)) {
      const auto found = by_name.find(name);
      if (found == by_name.end()) {
        return Error::make(ErrorCode::InvalidArgument,
                           "there is no bundle \"{}\"{}; there are: {}",
                           name,
                           did_you_mean(name, known),
                           fmt::join(known, ", "));
      }
      if (found->second.archive) wanted.insert(found->second.archive->image);
    }
    for (const std::string& name : wanted) {
      const auto found = by_name.find(name);
      if (found == by_name.end()) {
        return Error::make(
            ErrorCode::InvalidArgument,
            "the archive of a component wants the image \"{}\", which does not exist{}",
            name,
            did_you_mean(name, known));
      }
      chosen_.push_back(found->second);
    }
    std::stable_partition(chosen_.begin(), chosen_.end(), [](const BundleDefinition& one) {
      return one.kind == BundleKind::Image;
    });
    return ok_status();
  }

  std::vector<BundleStep> steps(const BundleIndex& index) const {
    std::vector<BundleStep> steps;
    for (const BundleDefinition& definition : chosen_) steps.push_back(step_of(definition, index));
    for (const BundleDefinition& definition : chosen_) {
      if (definition.archive) steps.push_back(archive_step(definition, index));
    }
    return steps;
  }

  Status check_machine(const BundleIndex& index) const {
    std::vector<Program> programs = {
        {"setpriv", "util-linux"}, {"unshare", "util-linux"}, {"mksquashfs", "squashfs-tools"}};
    bool anything = false;
    for (const BundleStep& step : steps(index)) anything = anything || !step.present;
    for (const BundleDefinition& definition : chosen_) {
      if (!options_.again && present(definition, index) != nullptr) continue;
      if (definition.debian) programs.push_back({"mmdebstrap", "mmdebstrap"});
      if (definition.maven) programs.insert(programs.end(), {{"mvn", "maven"}, {"unzip", "unzip"}});
      if (definition.python)
        programs.insert(programs.end(), {{"pip3", "python3-pip"}, {"tar", "tar"}});
    }
    if (!anything) return ok_status();
    if (::geteuid() != 0) {
      return Error::make(ErrorCode::FailedPrecondition,
                         "building bundles needs root, for the owners of files in the image and "
                         "for mounts: run it with sudo");
    }
    std::set<std::string> packages;
    for (const Program& program : programs) {
      if (find_program(program.name).empty()) packages.insert(program.package);
    }
    if (packages.empty()) return ok_status();
    return Error::make(ErrorCode::FailedPrecondition,
                       "programs are missing: apt-get install {}",
                       fmt::join(packages, " "));
  }

  Result<BundleIndex> run() {
    TK_TRY(const Workspace workspace, Workspace::open(options_.blobs, options_.work));
    TK_TRY(index_, BundleIndex::load(options_.blobs));
    for (const BundleDefinition& definition : chosen_) TK_TRY_VOID(ensure(definition, workspace));
    for (const BundleDefinition& definition : chosen_) {
      if (definition.archive) TK_TRY_VOID(ensure_archive(definition, workspace));
    }
    return std::move(index_);
  }

 private:
  const BundleEntry* present(const BundleDefinition& definition, const BundleIndex& index) const {
    const BundleEntry* entry = index.with_key(
        definition.name, definition.kind, bundle_key(definition, debian_architecture()));
    return entry != nullptr && lies_there(*entry, options_.blobs) ? entry : nullptr;
  }

  // The archive for the newest image and bundle, when all three are there.
  const BundleEntry* present_archive(const BundleDefinition& definition,
                                     const BundleIndex& index) const {
    const BundleEntry* image = index.newest(definition.archive->image, BundleKind::Image);
    const BundleEntry* bundle = present(definition, index);
    if (image == nullptr || bundle == nullptr) return nullptr;
    const BundleEntry* entry =
        index.with_key(definition.name,
                       BundleKind::Archive,
                       archive_key(*definition.archive, image->digest, bundle->digest));
    return entry != nullptr && lies_there(*entry, options_.blobs) ? entry : nullptr;
  }

  BundleStep step_of(const BundleDefinition& definition, const BundleIndex& index) const {
    BundleStep step{definition.name,
                    definition.version,
                    definition.kind,
                    !options_.again && present(definition, index) != nullptr,
                    definition.download_bytes,
                    definition.packed_bytes,
                    ""};
    if (definition.debian) {
      step.what = fmt::format("{} Debian packages and what they need, as a root file system",
                              definition.debian->packages.size());
    } else if (definition.maven) {
      step.download_bytes = definition.maven->lock.total_bytes();
      step.what = fmt::format("{} artefacts from Maven, checked against the lock",
                              definition.maven->lock.artifacts.size());
    } else {
      step.download_bytes = definition.python->archive.size;
      step.what =
          fmt::format("{}, checked against the lock", definition.python->archive.file_name());
    }
    return step;
  }

  BundleStep archive_step(const BundleDefinition& definition, const BundleIndex& index) const {
    const bool rebuilt = std::ranges::any_of(chosen_, [&](const BundleDefinition& one) {
      return (one.name == definition.archive->image || one.name == definition.name) &&
             (options_.again || present(one, index) == nullptr);
    });
    return {
        definition.name,
        definition.version,
        BundleKind::Archive,
        !rebuilt && present_archive(definition, index) != nullptr,
        0,
        definition.archive->packed_bytes,
        "classes as the JVM wants them in memory, so that daemons start in a quarter of the time"};
  }

  Status ensure(const BundleDefinition& definition, const Workspace& workspace) {
    const Tools tools(processes_, clock_, options_, definition.title());
    TK_TRY_VOID(tools.go_on());
    if (const BundleEntry* entry = present(definition, index_);
        entry != nullptr && !options_.again) {
      tools.say("kept", fmt::format("{} is there", entry->digest));
      return ok_status();
    }
    const BundleEntry* const image =
        definition.archive ? index_.newest(definition.archive->image, BundleKind::Image) : nullptr;
    TK_TRY(BundleEntry entry,
           definition.kind == BundleKind::Image
               ? build_image(definition, tools, workspace)
               : build_component(definition, image, tools, workspace));
    entry.key = bundle_key(definition, debian_architecture());
    return add(std::move(entry), tools);
  }

  // A missing archive makes nodes slower and nothing else: its failure is told, and the build goes
  // on.
  Status ensure_archive(const BundleDefinition& definition, const Workspace& workspace) {
    const Tools tools(processes_, clock_, options_, definition.title() + " archive");
    TK_TRY_VOID(tools.go_on());
    if (const BundleEntry* entry = present_archive(definition, index_);
        entry != nullptr && !options_.again) {
      tools.say("kept", fmt::format("{} is there", entry->digest));
      return ok_status();
    }
    const BundleEntry* image = index_.newest(definition.archive->image, BundleKind::Image);
    const BundleEntry* bundle = present(definition, index_);
    if (image == nullptr || bundle == nullptr) return ok_status();  // ensure() has made both
    Result<BundleEntry> entry = build_archive(definition, *image, *bundle, tools, workspace);
    if (!entry.ok() && entry.error().code() == ErrorCode::Cancelled)
      return std::move(entry).error();
    if (!entry.ok()) {
      tools.say(
          "failed",
          fmt::format("nodes will start more slowly without it: {}", entry.error().message()));
      return ok_status();
    }
    entry->key = archive_key(*definition.archive, image->digest, bundle->digest);
    return add(*std::move(entry), tools);
  }

  Status add(BundleEntry entry, const Tools& tools) {
    entry.added = clock_.wall();
    tools.say("done", entry.digest, entry.size, entry.size);
    index_.put(std::move(entry));
    return index_.save(options_.blobs);
  }

  ProcessRunner& processes_;
  const Clock& clock_;
  const BundleBuildOptions& options_;
  std::vector<BundleDefinition> chosen_;
  BundleIndex index_;
};

// All definitions, and the faults of all of them in one message.
Result<std::vector<BundleDefinition>> load_all(const std::vector<std::string>& folders,
                                               const DefinitionReader& read) {
  std::vector<BundleDefinition> definitions;
  std::vector<std::string> faults;
  for (const std::string& folder : folders) {
    Result<BundleDefinition> definition = load_bundle_definition(folder, read);
    if (definition.ok()) {
      definitions.push_back(*std::move(definition));
    } else {
      faults.push_back(definition.error().message());
    }
  }
  if (!faults.empty())
    return Error::make(ErrorCode::InvalidArgument, "{}", fmt::join(faults, "\n"));
  return definitions;
}

}  // namespace

DefinitionReader embedded_definitions() {
  return [](std::string_view path) -> std::optional<std::string> {
    const auto bytes = embedded_file(path);
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
  };
}

BundleBuilder::BundleBuilder(ProcessRunner& processes,
                             const Clock& clock,
                             DefinitionReader read,
                             std::vector<std::string> definitions)
    : processes_(processes),
      clock_(clock),
      read_(std::move(read)),
      definitions_(std::move(definitions)) {}

BundleBuilder BundleBuilder::embedded(ProcessRunner& processes, const Clock& clock) {
  std::vector<std::string> folders;
  constexpr std::string_view kName = "/bundle.yaml";
  for (const std::string_view path : list_embedded("components/")) {
    if (path.ends_with(kName)) folders.emplace_back(path.substr(0, path.size() - kName.size()));
  }
  return BundleBuilder(processes, clock, embedded_definitions(), std::move(folders));
}

Result<std::vector<BundleStep>> BundleBuilder::plan(const BundleBuildOptions& options) const {
  TK_TRY(std::vector<BundleDefinition> all, load_all(definitions_, read_));
  Build build(processes_, clock_, options);
  TK_TRY_VOID(build.choose(std::move(all)));
  TK_TRY(const BundleIndex index, BundleIndex::load(options.blobs));
  return build.steps(index);
}

Result<BundleIndex> BundleBuilder::build(const BundleBuildOptions& options) const {
  TK_TRY(std::vector<BundleDefinition> all, load_all(definitions_, read_));
  Build build(processes_, clock_, options);
  TK_TRY_VOID(build.choose(std::move(all)));
  TK_TRY(const BundleIndex index, BundleIndex::load(options.blobs));
  TK_TRY_VOID(build.check_machine(index));
  return build.run();
}

}  // namespace tusker
