#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/custom_configuration.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// Where a value comes from; a later one covers an earlier one.
enum class Layer { Default, Release, Sizing, Cluster, Group, Node };
std::string_view to_string(Layer layer);

struct ConfiguredValue {
  std::string text;
  Layer layer = Layer::Default;
  const SettingDefinition* setting = nullptr;          // none: a key that only CustomConf names
  std::vector<std::pair<Layer, std::string>> covered;  // what lower layers said, lowest first
};

// One node's settings: file -> key -> value.
struct Configuration {
  std::map<std::string, std::map<std::string, ConfiguredValue>> files;
  std::map<std::string, std::string>
      whole_files;  // written as they are, in place of a file of settings
};

// The layers that people set. Cluster: CustomConf. Group and node: empty until there is an action
// that sets them.
struct GivenSettings {
  CustomConfiguration cluster;
  std::map<store::NodeType, Properties> group;
  std::map<std::string, Properties> node;  // by node id
};

// What a cluster's row gives; its CustomConf was checked when the cluster was planned.
Result<GivenSettings> given_settings(const Definitions& definitions, const store::Cluster& cluster);

// Pure. Fails only when a definition's formula does for this node, such as by a size out of range;
// names the setting.
Result<Configuration> configure_node(const Definitions& definitions,
                                     const store::Cluster& cluster,
                                     const std::vector<store::Node>& nodes,
                                     const store::Node& node,
                                     const GivenSettings& given);

// "core-1.emr-xxxxxxxx.tusker.internal".
std::string node_hostname(const store::Node& node);

}  // namespace tusker
