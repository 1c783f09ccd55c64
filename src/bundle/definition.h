#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/builder.h"
#include "bundle/index.h"
#include "bundle/lock.h"

namespace tusker {

// bundle.yaml and the files that it names, read and checked in full. Plain data: what a build
// starts from.

struct BundleFile {
  std::string content;
  mode_t mode = 0644;
};

struct BundleUser {
  std::string name;
  std::uint32_t id = 0;  // also the group's, whose name is the same
  std::string home;
  std::string shell;
};

// A text in the finished image: what follows `line` on the first line that begins with it, without
// quotes.
struct BundleFact {
  std::string file;
  std::string line;
};

struct DebianSource {
  std::string suite;
  std::string variant;
  std::vector<std::string> packages;
  std::vector<std::string> exclude;            // dpkg's path-exclude
  std::vector<std::string> setup_directories;  // made before the first package is unpacked
  std::vector<std::string> remove;             // patterns (glob(7)) removed at the end
};

// Entries of a jar that become files of the bundle.
struct BundleUnpack {
  std::string entries;  // "webapps/": what the names of the entries begin with
  std::string into;
};

struct MavenSource {
  std::string pom;
  BundleLock lock;
  std::string class_path;                      // folder of the jars, relative
  std::map<std::string, BundleUnpack> unpack;  // by coordinates
  std::map<std::string, std::string> copy;     // coordinates -> path in the bundle
};

// The source archive of a Python package: for those that publish a whole distribution as one.
struct PythonSource {
  LockedArtifact archive;
  std::map<std::string, std::string>
      take;                            // path in the archive's top folder -> path in the bundle
  std::vector<std::string> leave_out;  // patterns (glob(7)) of paths in the bundle
  std::string class_path;              // folder of the jars, in the bundle
};

// Java of a component's own, compiled with its class path by the Java of its archive's image.
struct JavaSources {
  std::map<std::string, std::string> sources;  // file name -> content
  std::string into;                            // one jar; path in the bundle
};

struct ArchiveDefinition {
  std::string image;       // name of the image it is dumped in
  std::string path;        // where nodes have it
  std::string java;        // in the image
  std::string class_list;  // content
  std::vector<std::string> options;
  std::uint64_t packed_bytes = 0;  // about
};

struct BundleDefinition {
  std::string file;  // "components/hadoop/bundle.yaml"
  std::string name;
  std::string version;
  BundleKind kind = BundleKind::Component;
  std::uint64_t download_bytes = 0;  // about, for people
  std::uint64_t packed_bytes = 0;
  std::optional<DebianSource> debian;         // of an image
  std::optional<MavenSource> maven;           // of a component: this
  std::optional<PythonSource> python;         // or this
  std::optional<JavaSources> java;            // component with an archive
  std::string mount;                          // component: where nodes have it
  std::vector<BundleUser> users;              // image
  std::map<std::string, mode_t> directories;  // image
  std::map<std::string, BundleFile> files;  // paths: absolute in an image, relative in a component
  std::map<std::string, std::string>
      links;  // path -> target; "{debian_arch}" stands for amd64 or arm64
  std::map<std::string, BundleFact> facts;   // image
  std::optional<ArchiveDefinition> archive;  // component

  std::string title() const { return name + " " + version; }
};

// Reads FOLDER/bundle.yaml. InvalidArgument names every fault with file and line, and what a
// misspelt name may have meant.
Result<BundleDefinition> load_bundle_definition(const std::string& folder,
                                                const DefinitionReader& read);

// Names the inputs of a build: equal for equal definitions on hosts of one architecture ("amd64"),
// whatever comments and layout are.
std::string bundle_key(const BundleDefinition& definition, std::string_view architecture);
// The same for a component's archive, made for these two digests.
std::string archive_key(const ArchiveDefinition& archive,
                        std::string_view image_digest,
                        std::string_view bundle_digest);

}  // namespace tusker
