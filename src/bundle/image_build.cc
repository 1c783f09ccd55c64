#include "bundle/image_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "bundle/squashfs.h"
#include "bundle/tree.h"

namespace tusker {
namespace {

// mmdebstrap runs these with the root file system as $1. Packages and lists go to the cache as soon
// as they are there, not at the end: a build that is stopped keeps them.
constexpr const char* kFillCaches =
    R"(mkdir -p "$1/var/cache/apt/archives" "$1/var/lib/apt/lists" &&
cp -n "$TUSKER_PACKAGES"/*.deb "$1/var/cache/apt/archives/" 2>/dev/null; true)";
constexpr const char* kFillLists = R"(cp -r "$TUSKER_PACKAGES/lists/." "$1/var/lib/apt/lists/")";
constexpr const char* kKeepCaches =
    R"(cp -n "$1"/var/cache/apt/archives/*.deb "$TUSKER_PACKAGES/" 2>/dev/null
rm -rf "$TUSKER_PACKAGES/lists.new" && cp -r "$1/var/lib/apt/lists" "$TUSKER_PACKAGES/lists.new" &&
rm -rf "$TUSKER_PACKAGES/lists" && mv "$TUSKER_PACKAGES/lists.new" "$TUSKER_PACKAGES/lists")";

std::vector<std::string> mmdebstrap_command(const DebianSource& debian,
                                            const std::string& root,
                                            bool offline) {
  std::vector<std::string> argv = {
      "mmdebstrap", "--mode=root", "--format=directory", "--variant=" + debian.variant};
  argv.push_back(fmt::format("--include={}", fmt::join(debian.packages, ",")));
  for (const std::string& pattern : debian.exclude)
    argv.push_back("--dpkgopt=path-exclude=" + pattern);
  for (const std::string& folder : debian.setup_directories) {
    argv.push_back(fmt::format(R"(--setup-hook=mkdir -p "$1"{})", shell_quoted(folder)));
  }
  argv.push_back(fmt::format("--setup-hook={}", kFillCaches));
  if (offline) argv.push_back(fmt::format("--setup-hook={}", kFillLists));
  if (offline) argv.emplace_back("--skip=update");
  // Packages in the cache are wanted, and stay until the hooks below have copied the new ones.
  argv.emplace_back("--skip=download/empty,essential/unlink");
  for (const char* hook : {"extract-hook", "essential-hook", "customize-hook"}) {
    argv.push_back(fmt::format("--{}={}", hook, kKeepCaches));
  }
  argv.push_back(debian.suite);
  argv.push_back(root);
  return in_own_namespaces(std::move(argv));
}

ToolRun install_run(const BundleDefinition& definition,
                    const Tree& tree,
                    const std::string& cache,
                    bool offline) {
  ToolRun run;
  run.phase = "install";
  run.argv = mmdebstrap_command(*definition.debian, tree.root(), offline);
  run.environment = {{"TUSKER_PACKAGES", cache},
                     {"SOURCE_DATE_EPOCH", std::to_string(kPackedTime)},
                     {"DEBIAN_FRONTEND", "noninteractive"}};
  run.bytes_done = [&tree] { return tree.size(); };
  run.line_shown = [](std::string_view line) {
    const bool notable = line.starts_with("I: ") || line.starts_with("E: ") ||
                         line.starts_with("W: ") || line.starts_with("Get:") ||
                         line.starts_with("Setting up ") || line.starts_with("Unpacking ");
    return notable ? std::string(line.substr(line[1] == ':' ? 3 : 0)) : std::string();
  };
  return run;
}

bool looks_offline(std::string_view output) {
  for (const std::string_view sign : {"Could not resolve",
                                      "Temporary failure resolving",
                                      "Could not connect",
                                      "Failed to fetch",
                                      "Connection timed out",
                                      "Cannot initiate the connection"}) {
    if (output.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

// Packages in place, or why not. Tries once more with the cache alone when there is no network.
Status install_packages(const BundleDefinition& definition,
                        const Tree& tree,
                        const std::string& cache,
                        const Tools& tools) {
  TK_TRY(ToolEnd end, tools.run(install_run(definition, tree, cache, false)));
  if (end.exit_code == 0) return ok_status();
  const bool offline = looks_offline(end.output);
  if (offline && path_exists(cache + "/lists")) {
    tools.say("install",
              "no Debian mirror answers: trying with the packages that are in the cache");
    TK_TRY_VOID(remove_tree(tree.root()));
    TK_TRY(const ToolEnd again, tools.run(install_run(definition, tree, cache, true)));
    if (again.exit_code == 0) return ok_status();
    end = again;
  }
  if (!offline) return tool_failed("mmdebstrap", end);
  const Error failure = tool_failed("mmdebstrap", end);
  return Error::make(ErrorCode::Unavailable,
                     "no Debian mirror answers, and the cache ({}) does not have every package of "
                     "{}: connect this machine to the network, or copy the "
                     "blob folder of a machine that has built it. {}",
                     cache,
                     definition.title(),
                     failure.message());
}

Status add_user(const BundleUser& user, const Tree& tree) {
  // The day of the last change of a password that nobody has: fixed, so that builds are equal.
  constexpr long kDay = kPackedTime / 86400;
  TK_TRY_VOID(tree.append(
      "/etc/passwd",
      fmt::format("{}:x:{}:{}::{}:{}\n", user.name, user.id, user.id, user.home, user.shell)));
  TK_TRY_VOID(tree.append("/etc/group", fmt::format("{}:x:{}:\n", user.name, user.id)));
  TK_TRY_VOID(tree.append("/etc/shadow", fmt::format("{}:*:{}:0:99999:7:::\n", user.name, kDay)));
  TK_TRY_VOID(tree.append("/etc/gshadow", fmt::format("{}:*::\n", user.name)));
  TK_TRY_VOID(tree.make_directory(user.home, 0700));
  const std::string home = tree.root() + user.home;
  if (::lchown(home.c_str(), user.id, user.id) != 0) return Error::from_errno(errno, home);
  return ok_status();
}

Status furnish(const BundleDefinition& definition, const Tree& tree) {
  for (const std::string& pattern : definition.debian->remove)
    TK_TRY_VOID(tree.remove_matching(pattern));
  for (const BundleUser& user : definition.users)
    TK_TRY_VOID(add_user(user, tree).context("user {}", user.name));
  for (const auto& [path, mode] : definition.directories)
    TK_TRY_VOID(tree.make_directory(path, mode));
  for (const auto& [path, file] : definition.files) TK_TRY_VOID(tree.write(path, file));
  for (const auto& [path, target] : definition.links) {
    std::string text = target;
    if (const std::size_t at = text.find("{debian_arch}"); at != std::string::npos)
      text.replace(at, 13, debian_architecture());
    TK_TRY_VOID(tree.link(path, text));
  }
  return ok_status();
}

// `JAVA_RUNTIME_VERSION="17.0.1"` for the line's beginning `JAVA_RUNTIME_VERSION=` is 17.0.1.
Result<std::string> read_fact(const BundleFact& fact, const Tree& tree) {
  TK_TRY(const std::string text, tree.read(fact.file));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.starts_with(fact.line)) {
      line.erase(0, fact.line.size());
      std::erase(line, '"');
      return line;
    }
    at = end + 1;
  }
  return Error::make(ErrorCode::FailedPrecondition,
                     "{} has no line that begins with \"{}\"",
                     fact.file,
                     fact.line);
}

}  // namespace

Result<BundleEntry> build_image(const BundleDefinition& definition,
                                const Tools& tools,
                                const Workspace& workspace) {
  const std::string cache = workspace.cache("debian");
  TK_TRY_VOID(ensure_directory(cache, 0700));
  TK_TRY(const ScratchFolder scratch, workspace.scratch());
  // apt drops to a user of its own inside the root file system and has to get there.
  if (::chmod(scratch.path().c_str(), 0755) != 0) return Error::from_errno(errno, scratch.path());
  const Tree tree(scratch.in("root"));
  TK_TRY_VOID(install_packages(definition, tree, cache, tools));
  TK_TRY_VOID(tools.go_on());
  TK_TRY_VOID(furnish(definition, tree).context("{}", definition.title()));

  BundleEntry entry;
  entry.name = definition.name;
  entry.version = definition.version;
  entry.kind = BundleKind::Image;
  entry.facts["arch"] = debian_architecture();
  for (const auto& [name, fact] : definition.facts) {
    TK_TRY(entry.facts[name], read_fact(fact, tree));
  }
  TK_TRY(const Workspace::Blob blob,
         pack_tree(tools, workspace, tree.root(), false, definition.packed_bytes));
  entry.digest = blob.digest;
  entry.size = blob.size;
  return entry;
}

}  // namespace tusker
