#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// Settings that somebody gave, by file and key.
using Properties = std::map<std::string, std::map<std::string, std::string>>;

// What a cluster's CustomConf / ExtendFsField says.
struct CustomConfiguration {
  Properties properties;
  std::map<std::string, std::string>
      whole_files;  // capacity-scheduler.xml, fair-scheduler.xml: replaced by `content`
};

// Reads and checks the text for a cluster of these components (docs/reference/semantics.md 2.8): a
// JSON array of
// {"serviceName": "HDFS", "classification": "hdfs-site.xml", "serviceVersion": "3.5.0",
// "properties": {...}}. An empty text is no configuration. The text is a stranger's.
//
// Errors: InvalidParameter.InvalidClassification for a file that is not open to it,
// .InvalidExtendNameService for newNameServiceName, .InvalidExtendField for all else, also for a
// value of a wrong type or range and for settings that the plan decides.
Result<CustomConfiguration> parse_custom_configuration(
    const Definitions& definitions,
    const google::protobuf::RepeatedPtrField<store::Component>& components,
    std::string_view text);

}  // namespace tusker
