#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "plan/definition_reader.h"
#include "plan/formula.h"
#include "plan/nearest.h"

namespace tusker {
namespace {

SettingType read_type(const YamlValue& value) {
  const std::string word = value.text();
  if (word == "integer") return SettingType::Integer;
  if (word == "real") return SettingType::Real;
  if (word == "boolean") return SettingType::Boolean;
  if (word != "text" && value.present()) {
    value.report(fmt::format(
        "unknown type \"{}\"{}", word, did_you_mean(word, {"text", "integer", "real", "boolean"})));
  }
  return SettingType::Text;
}

void read_default(SettingDefinition& setting,
                  const YamlValue& value,
                  std::vector<Reference>& references) {
  if (!value.is_map()) {
    setting.literal = value.text();
    return;
  }
  YamlMap map(value);
  const YamlValue text = map.optional("text");
  const YamlValue formula = map.optional("formula");
  setting.text = text.text();
  setting.formula = formula.text();
  if (setting.text.empty() == setting.formula.empty())
    value.report(fmt::format("default of {} is a literal, a text or a formula", setting.key));
  if (!setting.text.empty()) references.push_back({Reference::Kind::Template, setting.text, text});
  if (!setting.formula.empty()) {
    references.push_back({Reference::Kind::Formula, setting.formula, formula});
    if (setting.type == SettingType::Text)
      formula.report(
          fmt::format("{} is a text: a formula gives numbers and truth values", setting.key));
  }
}

void read_range(SettingDefinition& setting, const YamlValue& value) {
  if (!value.present()) return;
  const std::vector<YamlValue> ends = value.items();
  const bool numeric = setting.type == SettingType::Integer || setting.type == SettingType::Real;
  if (ends.size() != 2 || !numeric) {
    value.report(fmt::format("range of {} is [least, most] of a number", setting.key));
    return;
  }
  setting.least = ends[0].real(-1e15, 1e15);
  setting.most = ends[1].real(*setting.least, 1e15);
}

void read_applies(SettingDefinition& setting,
                  const YamlValue& value,
                  std::vector<Reference>& references) {
  YamlMap map(value);
  const YamlValue restart = map.optional("restart");
  const YamlValue reload = map.optional("reload");
  const YamlValue next_job = map.optional("next_job");
  setting.restart = restart.texts();
  setting.reload = reload.texts();
  for (const std::string& role : setting.restart)
    references.push_back({Reference::Kind::Role, role, restart});
  for (const std::string& role : setting.reload)
    references.push_back({Reference::Kind::Role, role, reload});
  const bool job = next_job.present() && next_job.boolean();
  if (job == (!setting.restart.empty() || !setting.reload.empty())) {
    value.report(fmt::format("{} applies by restart or reload of roles, or with the next_job: true",
                             setting.key));
  }
}

Status check_number(const SettingDefinition& setting, std::string_view value) {
  double number = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = setting.type == SettingType::Integer;
  const bool parsed =
      code == std::errc() && end == value.data() + value.size() && std::isfinite(number);
  if (parsed && (!whole || value.find_first_not_of("-0123456789") == std::string_view::npos) &&
      number >= setting.least.value_or(number) && number <= setting.most.value_or(number)) {
    return ok_status();
  }
  std::string range;
  if (setting.least)
    range = fmt::format(" from {} to {}", number_text(*setting.least), number_text(*setting.most));
  return Error::make(ErrorCode::InvalidArgument,
                     "{} is \"{}\", wanted a {}number{}",
                     setting.key,
                     value,
                     whole ? "whole " : "",
                     range);
}

}  // namespace

Status check_setting_value(const SettingDefinition& setting, std::string_view value) {
  if (!setting.one_of.empty() &&
      std::find(setting.one_of.begin(), setting.one_of.end(), value) == setting.one_of.end()) {
    return Error::make(ErrorCode::InvalidArgument,
                       "{} is \"{}\", wanted one of {}",
                       setting.key,
                       value,
                       fmt::join(setting.one_of, ", "));
  }
  if (setting.type == SettingType::Boolean && value != "true" && value != "false") {
    return Error::make(
        ErrorCode::InvalidArgument, "{} is \"{}\", wanted true or false", setting.key, value);
  }
  if (setting.type == SettingType::Integer || setting.type == SettingType::Real)
    return check_number(setting, value);
  return ok_status();
}

SettingDefinition read_setting(const std::string& key,
                               const YamlValue& value,
                               std::vector<Reference>& references) {
  YamlMap map(value);
  SettingDefinition setting;
  setting.key = key;
  setting.file = map.required("file").text();
  setting.type = read_type(map.required("type"));
  const YamlValue given = map.required("default");
  read_default(setting, given, references);
  read_range(setting, map.optional("range"));
  setting.one_of = map.optional("one_of").texts();
  read_applies(setting, map.required("applies"), references);
  if (const YamlValue fixed = map.optional("fixed"); fixed.present())
    setting.fixed = fixed.boolean();
  setting.start_only = map.optional("start_only").text();
  if (!given.is_map() && given.present()) {
    if (const Status status = check_setting_value(setting, setting.literal); !status.ok())
      given.report("default: " + status.error().message());
  }
  return setting;
}

}  // namespace tusker
