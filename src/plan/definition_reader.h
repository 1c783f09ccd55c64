#pragma once

#include <string>
#include <vector>

#include "plan/definitions.h"
#include "plan/yaml_reader.h"

namespace tusker {

// A name in one definition of something that may stand in another file: checked when all are read.
struct Reference {
  enum class Kind { Role, Component, Port, Formula, Template, Identity, Setting };
  Kind kind;
  std::string name;  // "NameNode", "hdfs", "NameNode.http", or the formula or text itself
  YamlValue at;
};

// One file each. They report what they can see to be wrong by themselves and note the rest in
// `references`.
ComponentDefinition read_component(const YamlValue& file, std::vector<Reference>& references);
ReleaseDefinition read_release(const YamlValue& file, std::vector<Reference>& references);
SpecDefinitions read_specs(const YamlValue& file);

// Parts of a component file.
RoleDefinition read_role(const std::string& name,
                         const YamlValue& value,
                         std::vector<Reference>& references);
SettingDefinition read_setting(const std::string& key,
                               const YamlValue& value,
                               std::vector<Reference>& references);

// Whether `value` is of the setting's type, in its range and one of its choices; the Error says
// what would be. Also for values of strangers.
Status check_setting_value(const SettingDefinition& setting, std::string_view value);

}  // namespace tusker
