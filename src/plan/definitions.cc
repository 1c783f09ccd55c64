#include "plan/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/definition_checks.h"
#include "plan/definition_reader.h"
#include "share/embedded.h"

namespace tusker {
namespace {

template <typename T, typename Key>
const T* find_by(const std::vector<T>& list, Key T::*member, const Key& wanted) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& item) { return item.*member == wanted; });
  return found == list.end() ? nullptr : &*found;
}

void read_file(const DefinitionFile& file,
               Definitions& definitions,
               std::vector<Reference>& references,
               Problems& problems) {
  const YamlValue value = YamlValue::parse(file.path, file.text, problems);
  if (!value.present()) {
    problems.add(file.path, 0, "the file says nothing");
  } else if (file.path.starts_with("components/")) {
    definitions.components.push_back(read_component(value, references));
  } else if (file.path.ends_with("/specs.yaml")) {
    definitions.specs = read_specs(value);
  } else {
    definitions.releases.push_back(read_release(value, references));
  }
}

bool is_definition(std::string_view path) {
  return (path.starts_with("components/") && path.ends_with("/component.yaml")) ||
         (path.starts_with("releases/") && path.ends_with(".yaml"));
}

}  // namespace

const ComponentDefinition* Definitions::component(std::string_view name) const {
  return find_by(components, &ComponentDefinition::name, std::string(name));
}

const RoleDefinition* Definitions::role(std::string_view name) const {
  for (const ComponentDefinition& component : components) {
    if (const RoleDefinition* found =
            find_by(component.roles, &RoleDefinition::name, std::string(name)))
      return found;
  }
  return nullptr;
}

const SettingDefinition* Definitions::setting(std::string_view file, std::string_view key) const {
  for (const ComponentDefinition& component : components) {
    for (const SettingDefinition& setting : component.settings) {
      if (setting.file == file && setting.key == key) return &setting;
    }
  }
  return nullptr;
}

const ReleaseDefinition* Definitions::release(std::string_view name) const {
  return find_by(releases, &ReleaseDefinition::name, std::string(name));
}

const ReleaseDefinition* Definitions::release_by_product(std::uint64_t product_id) const {
  return find_by(releases, &ReleaseDefinition::product_id, product_id);
}

Result<Definitions> load_definitions(const std::vector<DefinitionFile>& files) {
  Definitions definitions;
  Problems problems;
  std::vector<Reference> references;
  for (const DefinitionFile& file : files) read_file(file, definitions, references, problems);
  check_definitions(definitions, references, problems);
  TK_TRY_VOID(problems.status());
  return definitions;
}

Result<Definitions> built_in_definitions() {
  std::vector<DefinitionFile> files;
  for (const std::string_view path : list_embedded("")) {
    if (is_definition(path))
      files.push_back({std::string(path), std::string(embedded_file(path).value_or(""))});
  }
  return load_definitions(files);
}

}  // namespace tusker
