#include "bundle/definition.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/nearest.h"
#include "plan/yaml_reader.h"

namespace tusker {
namespace {

constexpr std::uint64_t kMegabyte = 1000000;

// No part of a path leaves the tree that it is put into, nor is a second spelling of another path.
bool is_clean_relative(std::string_view path) {
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

bool is_clean_absolute(std::string_view path) {
  return path.starts_with('/') && is_clean_relative(path.substr(1));
}

bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= 31 && std::ranges::all_of(name, [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_';
  });
}

bool is_package_name(std::string_view name) {
  return name.size() >= 2 && std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '+' || c == '-' || c == '.';
         });
}

// Reads one bundle.yaml; every fault goes to problems_, so reading goes on to find the rest.
class Reader {
 public:
  Reader(std::string folder, const DefinitionReader& read, Problems& problems)
      : folder_(std::move(folder)), read_(read), problems_(problems) {
    out_.file = folder_ + "/bundle.yaml";
  }

  BundleDefinition definition() {
    const auto text = read_(out_.file);
    if (!text) {
      problems_.add(out_.file, 0, "does not exist");
      return std::move(out_);
    }
    const YamlValue root = YamlValue::parse(out_.file, std::string(*text), problems_);
    if (!root.present()) return std::move(out_);
    YamlMap map(root);
    identity(map);
    if (out_.kind == BundleKind::Image) {
      image(map);
    } else {
      component(map);
    }
    files(map.optional("files"));
    for (const auto& [path, target] : map.optional("links").entries()) {
      check_path(path, target);
      out_.links[path] = non_empty(target);
    }
    return std::move(out_);
  }

 private:
  void identity(YamlMap& map) {
    expect(map.required("schema"), {"bundle/v1"});
    const YamlValue name = map.required("name");
    out_.name = non_empty(name);
    const std::string folder = folder_.substr(folder_.rfind('/') + 1);
    if (name.present() && out_.name != folder) {
      name.report(fmt::format("name is \"{}\", wanted \"{}\", its folder", out_.name, folder));
    }
    out_.version = non_empty(map.required("version"));
    const bool image = expect(map.required("kind"), {"component", "image"}) == "image";
    out_.kind = image ? BundleKind::Image : BundleKind::Component;
    const YamlValue approximate = map.optional("approximate");
    if (!approximate.present()) return;
    YamlMap sizes(approximate);
    out_.download_bytes = megabytes(sizes.required("download_mb"));
    out_.packed_bytes = megabytes(sizes.required("packed_mb"));
  }

  void image(YamlMap& map) {
    const YamlValue value = map.required("debian");
    if (value.present()) {
      YamlMap debian(value);
      DebianSource source;
      source.suite = non_empty(debian.required("suite"));
      source.variant = expect(debian.required("variant"), {"apt", "essential", "minbase"});
      for (const YamlValue& package : debian.required("packages").items()) {
        source.packages.push_back(package.text());
        if (!is_package_name(source.packages.back()))
          package.report(fmt::format("\"{}\" is not a package's name", source.packages.back()));
      }
      source.exclude = absolute_paths(debian.optional("exclude"));
      source.setup_directories = absolute_paths(debian.optional("setup_directories"));
      source.remove = absolute_paths(debian.optional("remove"));
      out_.debian = std::move(source);
    }
    for (const YamlValue& user : map.optional("users").items())
      out_.users.push_back(read_user(user));
    for (const auto& [path, directory] : map.optional("directories").entries()) {
      check_path(path, directory);
      YamlMap fields(directory);
      out_.directories[path] = fields.required("mode").mode();
    }
    for (const auto& [name, fact] : map.optional("facts").entries()) {
      YamlMap fields(fact);
      const YamlValue file = fields.required("file");
      out_.facts[name] = {non_empty(file), fields.required("line").text()};
      if (file.present() && !is_clean_absolute(out_.facts[name].file))
        file.report("file is not an absolute path");
    }
  }

  void component(YamlMap& map) {
    const YamlValue mount = map.required("mount");
    out_.mount = non_empty(mount);
    if (mount.present() && !is_clean_absolute(out_.mount))
      mount.report(fmt::format("\"{}\" is not an absolute path", out_.mount));
    const YamlValue maven = map.optional("maven");
    const YamlValue python = map.optional("python");
    if (maven.present()) out_.maven = read_maven(maven);
    if (python.present()) out_.python = read_python(python);
    if (maven.present() == python.present())
      mount.report("a component needs exactly one of \"maven\" and \"python\"");
    const YamlValue archive = map.optional("archive");
    if (archive.present()) out_.archive = read_archive(archive);
    const YamlValue java = map.optional("java");
    if (java.present()) out_.java = read_java(java);
    if (java.present() && !archive.present())
      java.report("\"java\" needs an \"archive\": it is compiled by that one's image");
  }

  MavenSource read_maven(const YamlValue& value) {
    YamlMap map(value);
    MavenSource source;
    source.pom = content_of(map.required("pom"));
    const YamlValue lock = map.required("lock");
    source.lock = read_lock(lock);
    if (std::ranges::any_of(source.lock.artifacts, &LockedArtifact::is_python))
      lock.report("the lock of \"maven\" names an archive of Python");
    const YamlValue class_path = map.required("class_path");
    source.class_path = non_empty(class_path);
    check_path(source.class_path, class_path);
    for (const auto& [coordinates, unpack] : map.optional("unpack").entries()) {
      YamlMap fields(unpack);
      const YamlValue into = fields.required("into");
      source.unpack[coordinates] = {non_empty(fields.required("entries")), non_empty(into)};
      check_path(source.unpack[coordinates].into, into);
      check_locked(source.lock, coordinates, unpack);
    }
    for (const auto& [coordinates, path] : map.optional("copy").entries()) {
      source.copy[coordinates] = non_empty(path);
      check_path(source.copy[coordinates], path);
      check_locked(source.lock, coordinates, path);
    }
    return source;
  }

  PythonSource read_python(const YamlValue& value) {
    YamlMap map(value);
    PythonSource source;
    const YamlValue lock_file = map.required("lock");
    const BundleLock lock = read_lock(lock_file);
    if (lock.artifacts.size() == 1 && lock.artifacts.front().is_python()) {
      source.archive = lock.artifacts.front();
    } else if (!lock.artifacts.empty()) {
      lock_file.report("the lock of \"python\" names one source archive, as name==version");
    }
    for (const auto& [path, place] : map.required("take").entries()) {
      check_path(path, place);
      check_path(non_empty(place), place);
      source.take[path] = place.text();
    }
    for (const YamlValue& pattern : map.optional("leave_out").items()) {
      check_path(non_empty(pattern), pattern);
      source.leave_out.push_back(pattern.text());
    }
    const YamlValue class_path = map.required("class_path");
    source.class_path = non_empty(class_path);
    check_path(source.class_path, class_path);
    return source;
  }

  JavaSources read_java(const YamlValue& value) {
    YamlMap map(value);
    JavaSources java;
    for (const YamlValue& path : map.required("sources").items()) {
      const std::string text = path.text();
      java.sources[text.substr(text.rfind('/') + 1)] = content_of(path);
      if (!text.ends_with(".java")) path.report(fmt::format("\"{}\" is no source of Java", text));
    }
    const YamlValue into = map.required("into");
    java.into = non_empty(into);
    check_path(java.into, into);
    return java;
  }

  BundleLock read_lock(const YamlValue& value) {
    const std::string text = content_of(value);
    if (text.empty()) return {};
    Result<BundleLock> parsed = parse_bundle_lock(text, folder_ + "/" + value.text());
    if (parsed.ok()) return *std::move(parsed);
    problems_.add(out_.file, value.line(), parsed.error().message());
    return {};
  }

  ArchiveDefinition read_archive(const YamlValue& value) {
    YamlMap map(value);
    ArchiveDefinition archive;
    archive.image = non_empty(map.required("image"));
    const YamlValue path = map.required("path");
    archive.path = non_empty(path);
    const YamlValue java = map.required("java");
    archive.java = non_empty(java);
    for (const YamlValue& place : {path, java}) {
      if (place.present() && !is_clean_absolute(place.text()))
        place.report(fmt::format("\"{}\" is not an absolute path", place.text()));
    }
    archive.class_list = content_of(map.required("class_list"));
    archive.options = map.optional("options").texts();
    const YamlValue approximate = map.optional("approximate");
    if (approximate.present()) {
      YamlMap sizes(approximate);
      archive.packed_bytes = megabytes(sizes.required("packed_mb"));
    }
    return archive;
  }

  void files(const YamlValue& value) {
    for (const auto& [path, file] : value.entries()) {
      check_path(path, file);
      YamlMap fields(file);
      const YamlValue from = fields.optional("from");
      const YamlValue content = fields.optional("content");
      if (from.present() == content.present())
        file.report(fmt::format("file {} needs exactly one of \"from\" and \"content\"", path));
      out_.files[path] = {from.present() ? content_of(from) : content.text(),
                          fields.required("mode").mode()};
    }
  }

  BundleUser read_user(const YamlValue& value) {
    YamlMap map(value);
    BundleUser user;
    const YamlValue name = map.required("name");
    user.name = non_empty(name);
    if (name.present() && !is_user_name(user.name))
      name.report(fmt::format("\"{}\" is not a user's name", user.name));
    user.id = static_cast<std::uint32_t>(map.required("id").integer(1000, 65533));
    const YamlValue home = map.required("home");
    const YamlValue shell = map.required("shell");
    user.home = non_empty(home);
    user.shell = non_empty(shell);
    for (const YamlValue& place : {home, shell}) {  // both become fields of passwd(5)
      const std::string text = place.text();
      if (place.present() &&
          (!is_clean_absolute(text) || text.find_first_of(":\n") != std::string::npos)) {
        place.report(fmt::format("\"{}\" is not an absolute path", text));
      }
    }
    return user;
  }

  static std::uint64_t megabytes(const YamlValue& value) {
    return static_cast<std::uint64_t>(value.integer(0, 1000000)) * kMegabyte;
  }

  std::string non_empty(const YamlValue& value) const {
    std::string text = value.text();
    if (value.present() && text.empty()) value.report("is empty");
    return text;
  }

  std::string expect(const YamlValue& value, const std::vector<std::string>& allowed) const {
    std::string text = value.text();
    if (value.present() && std::ranges::find(allowed, text) == allowed.end()) {
      value.report(fmt::format("\"{}\" is not one of: {}{}",
                               text,
                               fmt::join(allowed, ", "),
                               did_you_mean(text, allowed)));
    }
    return text;
  }

  std::vector<std::string> absolute_paths(const YamlValue& value) const {
    std::vector<std::string> paths;
    for (const YamlValue& item : value.items()) {
      paths.push_back(item.text());
      if (!is_clean_absolute(paths.back()))
        item.report(fmt::format("\"{}\" is not an absolute path", paths.back()));
    }
    return paths;
  }

  // The content of a file beside bundle.yaml.
  std::string content_of(const YamlValue& value) const {
    const std::string name = non_empty(value);
    if (name.empty()) return "";
    const auto text = is_clean_relative(name) ? read_(folder_ + "/" + name) : std::nullopt;
    if (!text) value.report(fmt::format("{}/{} does not exist", folder_, name));
    return std::string(text.value_or(""));
  }

  void check_path(std::string_view path, const YamlValue& where) const {
    const bool image = out_.kind == BundleKind::Image;
    if (!where.present() || (image ? is_clean_absolute(path) : is_clean_relative(path))) return;
    where.report(fmt::format("\"{}\" is not {} path without empty parts, \".\" and \"..\"",
                             path,
                             image ? "an absolute" : "a relative"));
  }

  static void check_locked(const BundleLock& lock,
                           const std::string& coordinates,
                           const YamlValue& where) {
    if (lock.find(coordinates) != nullptr || lock.artifacts.empty()) return;
    std::vector<std::string> known;
    for (const LockedArtifact& artifact : lock.artifacts) known.push_back(artifact.coordinates);
    where.report(
        fmt::format("\"{}\" is not in the lock{}", coordinates, did_you_mean(coordinates, known)));
  }

  std::string folder_;
  const DefinitionReader& read_;
  Problems& problems_;
  BundleDefinition out_;
};

}  // namespace

Result<BundleDefinition> load_bundle_definition(const std::string& folder,
                                                const DefinitionReader& read) {
  Problems problems;
  BundleDefinition definition = Reader(folder, read, problems).definition();
  TK_TRY_VOID(problems.status());
  return definition;
}

}  // namespace tusker
