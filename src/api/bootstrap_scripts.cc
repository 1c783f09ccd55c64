#include "api/bootstrap_scripts.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "api/errors.h"
#include "api/generated/error_codes.h"
#include "base/encoding.h"

namespace tusker::api {
namespace {

// A script, as each page's form has it.
struct Asked {
  std::string_view parameter;  // PreExecutedFileSettings
  std::string name;
  std::string moment;
  std::string uri;
  std::vector<std::string> arguments;
};

// Others than these have been refused by the catalogue.
store::Script::Moment moment_of(const Asked& asked) {
  if (asked.moment == "clusterBefore") return store::Script::CLUSTER_BEFORE;
  return asked.moment == "clusterAfter" ? store::Script::CLUSTER_AFTER
                                        : store::Script::RESOURCE_AFTER;
}

Result<std::string> content_of(const Asked& asked) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kBase64 = ";base64";
  const std::string_view uri = asked.uri;
  const std::size_t comma = uri.find(',');
  if (uri.starts_with(kScheme) && comma != std::string_view::npos &&
      uri.substr(0, comma).ends_with(kBase64)) {
    if (Result<std::string> content = from_base64(uri.substr(comma + 1)); content.ok())
      return content;
  }
  return api_error(code::kInvalidParameter_InvalidCosFileURI,
                   "{}.CosFileURI of \"{}\" is \"{}\"; no script is fetched from elsewhere: give "
                   "its content as data:;base64,…",
                   asked.parameter,
                   cut_text(asked.name, 64),
                   cut_text(uri, 64));
}

Result<ScriptRequest> script_from(Asked asked) {
  ScriptRequest script;
  script.moment = moment_of(asked);
  TK_TRY(script.content, content_of(asked));
  script.name = std::move(asked.name);
  script.arguments = std::move(asked.arguments);
  return script;
}

constexpr const char* kNameless = "script";

Asked read(const PreExecuteFileSettings& asked) {
  return {.parameter = "PreExecutedFileSettings",
          .name = asked.cos_file_name.value_or(kNameless),
          .moment = asked.when_run.value_or("resourceAfter"),
          .uri = asked.cos_file_uri.value_or(""),
          .arguments = asked.args};
}

Asked read(const ScriptBootstrapActionConfig& asked) {
  return {.parameter = "ScriptBootstrapActionConfig",
          .name = asked.cos_file_name.value_or(kNameless),
          .moment = asked.execution_moment,
          .uri = asked.cos_file_uri,
          .arguments = asked.args};
}

template <typename Forms>
Result<std::vector<ScriptRequest>> read_all(const Forms& forms) {
  std::vector<ScriptRequest> scripts;
  for (const auto& asked : forms) {
    TK_TRY(ScriptRequest script, script_from(read(asked)));
    scripts.push_back(std::move(script));
  }
  return scripts;
}

}  // namespace

Result<std::vector<ScriptRequest>> scripts_from(const std::vector<PreExecuteFileSettings>& asked) {
  std::vector<PreExecuteFileSettings> ordered = asked;
  std::ranges::stable_sort(
      ordered, {}, [](const PreExecuteFileSettings& one) { return one.run_order.value_or(0); });
  return read_all(ordered);
}

Result<std::vector<ScriptRequest>> scripts_from(
    const std::vector<ScriptBootstrapActionConfig>& asked) {
  return read_all(asked);
}

}  // namespace tusker::api
