#include "plan/custom_configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <pugixml.hpp>
#include <set>

#include "plan/definition_reader.h"
#include "plan/formula.h"
#include "plan/nearest.h"

namespace tusker {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestText = 256 * 1024;
constexpr std::size_t kLongestKey = 256;
constexpr std::size_t kMostProperties = 2000;
constexpr std::size_t kDeepest = 8;

const std::vector<std::string> kWholeFiles = {"capacity-scheduler.xml", "fair-scheduler.xml"};
const std::vector<std::string> kShellFiles = {"hadoop-env.sh", "yarn-env.sh", "mapred-env.sh"};

template <typename... Args>
Error invalid(fmt::format_string<Args...> format, Args&&... args) {
  return Error::make(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...)
      .with_api_code("InvalidParameter.InvalidExtendField");
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// One of the array's items, on its way into the result.
class ItemReader {
 public:
  ItemReader(const Definitions& definitions,
             const google::protobuf::RepeatedPtrField<store::Component>& components,
             CustomConfiguration& out)
      : definitions_(definitions), components_(components), out_(out) {}

  Status read(const json::value& value, std::size_t index) {
    if (!value.is_object())
      return invalid("CustomConf[{}] is no object such as {{\"serviceName\": \"HDFS\", …}}", index);
    const json::object& item = value.as_object();
    TK_TRY_VOID(check_keys(item, index));
    TK_TRY(const store::Component* component, find_component(item, index));
    TK_TRY(const std::string file, text_of(item, "classification", index));
    TK_TRY_VOID(check_file(file, *component));
    const json::value* properties = item.if_contains("properties");
    if (properties == nullptr || !properties->is_object())
      return invalid("CustomConf[{}].properties is missing or no object", index);
    for (const auto& property : properties->as_object())
      TK_TRY_VOID(add(file, property.key(), property.value()));
    return ok_status();
  }

 private:
  static Status check_keys(const json::object& item, std::size_t index) {
    static const std::vector<std::string> kKeys = {
        "classification", "properties", "serviceName", "serviceVersion"};
    for (const auto& entry : item) {
      const std::string key = std::string(entry.key()).substr(0, 64);
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      return invalid("CustomConf[{}] has an unknown key \"{}\"{} It may have {}",
                     index,
                     key,
                     did_you_mean(key, kKeys).empty() ? "." : did_you_mean(key, kKeys),
                     fmt::join(kKeys, ", "));
    }
    return ok_status();
  }

  static Result<std::string> text_of(const json::object& item,
                                     std::string_view key,
                                     std::size_t index) {
    const json::value* value = item.if_contains(key);
    if (value == nullptr || !value->is_string())
      return invalid("CustomConf[{}].{} is missing or no text", index, key);
    return std::string(value->as_string()).substr(0, kLongestKey);
  }

  Result<const store::Component*> find_component(const json::object& item,
                                                 std::size_t index) const {
    TK_TRY(const std::string service, text_of(item, "serviceName", index));
    std::vector<std::string> services;
    const store::Component* found = nullptr;
    for (const store::Component& component : components_) {
      services.push_back(upper(component.name()));
      if (services.back() == service) found = &component;
    }
    if (found == nullptr) {
      return invalid("CustomConf[{}].serviceName is \"{}\"; this cluster has {}",
                     index,
                     service,
                     fmt::join(services, ", "));
    }
    if (item.contains("serviceVersion")) {
      TK_TRY(const std::string version, text_of(item, "serviceVersion", index));
      if (version != found->version()) {
        return invalid("CustomConf[{}].serviceVersion is \"{}\"; {} is {} in this release",
                       index,
                       version,
                       service,
                       found->version());
      }
    }
    return found;
  }

  std::vector<std::string> files_of(const std::string& component) const {
    std::set<std::string> files;
    if (component == "yarn") files.insert(kWholeFiles.begin(), kWholeFiles.end());
    const ComponentDefinition* definition = definitions_.component(component);
    for (const SettingDefinition& setting : definition->settings) files.insert(setting.file);
    return {files.begin(), files.end()};
  }

  Status check_file(const std::string& file, const store::Component& component) const {
    const std::vector<std::string> files = files_of(component.name());
    if (std::find(files.begin(), files.end(), file) != files.end()) return ok_status();
    const bool shell = std::find(kShellFiles.begin(), kShellFiles.end(), file) != kShellFiles.end();
    return Error::make(ErrorCode::InvalidArgument,
                       "classification \"{}\" is not open for {}{}; files that are: {}",
                       file,
                       upper(component.name()),
                       shell ? ": daemons start here without shell scripts" : "",
                       fmt::join(files, ", "))
        .with_api_code("InvalidParameter.InvalidClassification");
  }

  Status add(const std::string& file, std::string_view key, const json::value& value) {
    if (++count_ > kMostProperties)
      return invalid("CustomConf has more than {} properties", kMostProperties);
    if (key == "newNameServiceName") {
      return Error::make(ErrorCode::InvalidArgument,
                         "newNameServiceName names the nameservice of a cluster with high "
                         "availability; this one has none")
          .with_api_code("InvalidParameter.InvalidExtendNameService");
    }
    if (!is_key(key))
      return invalid("\"{}\" is no name of a setting in {}", key.substr(0, 64), file);
    TK_TRY(const std::string text, text_of_value(key, value));
    if (std::find(kWholeFiles.begin(), kWholeFiles.end(), file) != kWholeFiles.end())
      return replace(file, key, text);
    TK_TRY_VOID(check_value(file, key, text));
    out_.properties[file][std::string(key)] = text;
    return ok_status();
  }

  static bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= kLongestKey &&
           std::all_of(key.begin(), key.end(), [](unsigned char c) {
             return std::isalnum(c) || std::string_view("._-$*:/").find(static_cast<char>(c)) !=
                                           std::string_view::npos;
           });
  }

  static Result<std::string> text_of_value(std::string_view key, const json::value& value) {
    std::string text;
    if (value.is_string()) {
      text = std::string(value.as_string());
    } else if (value.is_bool()) {
      text = value.as_bool() ? "true" : "false";
    } else if (value.is_number()) {
      text = number_text(value.to_number<double>());
    } else {
      return invalid("{} is no text, number or truth value", key);
    }
    // What XML 1.0 cannot hold, not even escaped.
    const auto unfit = [](unsigned char c) {
      return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    };
    if (std::any_of(text.begin(), text.end(), unfit))
      return invalid("the value of {} has a control character", key);
    if (text.find("\xef\xbf\xbe") != std::string::npos ||
        text.find("\xef\xbf\xbf") != std::string::npos) {
      return invalid("the value of {} has a character that XML does not know", key);
    }
    return text;
  }

  Status check_value(const std::string& file,
                     std::string_view key,
                     const std::string& value) const {
    const SettingDefinition* setting = definitions_.setting(file, key);
    if (setting == nullptr) return ok_status();  // Hadoop knows more settings than we do
    if (setting->fixed)
      return invalid("{} in {} is decided by the plan of the cluster and cannot be set", key, file);
    const Status status = check_setting_value(*setting, value);
    if (!status.ok()) return invalid("{} in {}", status.error().message(), file);
    return ok_status();
  }

  Status replace(const std::string& file, std::string_view key, const std::string& content) {
    if (key != "content")
      return invalid("{} is replaced whole, by the one key \"content\"; found \"{}\"", file, key);
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(content.data(), content.size());
    if (!parsed)
      return invalid(
          "the content of {} is not XML: {} at byte {}", file, parsed.description(), parsed.offset);
    const std::string_view root = document.document_element().name();
    const std::string_view wanted = file == "fair-scheduler.xml" ? "allocations" : "configuration";
    if (root != wanted)
      return invalid("the content of {} has the root element <{}>, wanted <{}>",
                     file,
                     root.substr(0, 64),
                     wanted);
    out_.whole_files[file] = content;
    return ok_status();
  }

  const Definitions& definitions_;
  const google::protobuf::RepeatedPtrField<store::Component>& components_;
  CustomConfiguration& out_;
  std::size_t count_ = 0;
};

}  // namespace

Result<CustomConfiguration> parse_custom_configuration(
    const Definitions& definitions,
    const google::protobuf::RepeatedPtrField<store::Component>& components,
    std::string_view text) {
  CustomConfiguration out;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return out;
  if (text.size() > kLongestText)
    return invalid("CustomConf has {} bytes; at most {} are read", text.size(), kLongestText);
  json::parse_options options;
  options.max_depth = kDeepest;
  json::error_code code;
  const json::value value = json::parse(text, code, {}, options);
  if (code) return invalid("CustomConf is not JSON: {}", code.message());
  if (!value.is_array()) return invalid("CustomConf is JSON, but no array of objects");
  ItemReader reader(definitions, components, out);
  std::size_t index = 0;
  for (const json::value& item : value.as_array()) TK_TRY_VOID(reader.read(item, index++));
  return out;
}

}  // namespace tusker
