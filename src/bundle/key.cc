#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/encoding.h"
#include "bundle/definition.h"

namespace tusker {
namespace {

// Changed when the same definition is to be built differently, so that everybody builds anew.
constexpr int kBuilderFormat = 1;

// A text of named values in which no two different inputs look alike: every value is preceded by
// its length.
class Inputs {
 public:
  void add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{} {}\n{}\n", name, value.size(), value);
  }
  void add(std::string_view name, const std::vector<std::string>& values) {
    add(name, std::to_string(values.size()));
    for (const std::string& value : values) add(name, value);
  }
  std::string key() const { return sha256_hex(text_); }

 private:
  std::string text_;
};

void add_debian(const DebianSource& debian, Inputs& inputs) {
  inputs.add("suite", debian.suite);
  inputs.add("variant", debian.variant);
  inputs.add("packages", debian.packages);
  inputs.add("exclude", debian.exclude);
  inputs.add("setup_directories", debian.setup_directories);
  inputs.add("remove", debian.remove);
}

// The POM only says how to get what the lock names, so it is not part of the key.
void add_maven(const MavenSource& maven, Inputs& inputs) {
  inputs.add("class_path", maven.class_path);
  for (const LockedArtifact& artifact : maven.lock.artifacts) {
    inputs.add("artifact", fmt::format("{} {}", artifact.sha256, artifact.coordinates));
  }
  for (const auto& [coordinates, unpack] : maven.unpack) {
    inputs.add("unpack", {coordinates, unpack.entries, unpack.into});
  }
  for (const auto& [coordinates, path] : maven.copy) inputs.add("copy", {coordinates, path});
}

void add_python(const PythonSource& python, Inputs& inputs) {
  inputs.add("class_path", python.class_path);
  inputs.add("artifact", fmt::format("{} {}", python.archive.sha256, python.archive.coordinates));
  for (const auto& [path, place] : python.take) inputs.add("take", {path, place});
  inputs.add("leave_out", python.leave_out);
}

void add_java(const JavaSources& java, Inputs& inputs) {
  inputs.add("java", java.into);
  for (const auto& [name, content] : java.sources) inputs.add("source", {name, content});
}

}  // namespace

std::string bundle_key(const BundleDefinition& definition, std::string_view architecture) {
  Inputs inputs;
  inputs.add("format", std::to_string(kBuilderFormat));
  inputs.add("bundle",
             {definition.name,
              definition.version,
              std::string(to_string(definition.kind)),
              definition.mount});
  inputs.add("architecture", architecture);
  if (definition.debian) add_debian(*definition.debian, inputs);
  if (definition.maven) add_maven(*definition.maven, inputs);
  if (definition.python) add_python(*definition.python, inputs);
  if (definition.java) add_java(*definition.java, inputs);
  for (const BundleUser& user : definition.users) {
    inputs.add("user", {user.name, std::to_string(user.id), user.home, user.shell});
  }
  for (const auto& [path, mode] : definition.directories)
    inputs.add("directory", {path, fmt::format("{:o}", mode)});
  for (const auto& [path, file] : definition.files)
    inputs.add("file", {path, fmt::format("{:o}", file.mode), file.content});
  for (const auto& [path, target] : definition.links) inputs.add("link", {path, target});
  for (const auto& [name, fact] : definition.facts)
    inputs.add("fact", {name, fact.file, fact.line});
  return inputs.key();
}

std::string archive_key(const ArchiveDefinition& archive,
                        std::string_view image_digest,
                        std::string_view bundle_digest) {
  Inputs inputs;
  inputs.add("format", std::to_string(kBuilderFormat));
  inputs.add("image", image_digest);
  inputs.add("bundle", bundle_digest);
  inputs.add("path", archive.path);
  inputs.add("java", archive.java);
  inputs.add("class_list", archive.class_list);
  inputs.add("options", archive.options);
  return inputs.key();
}

}  // namespace tusker
