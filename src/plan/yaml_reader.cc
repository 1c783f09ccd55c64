#include "plan/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "base/duration_text.h"
#include "plan/nearest.h"

namespace tusker {
namespace {

template <typename T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const char* end = text.data() + text.size();
  std::from_chars_result result{};
  if constexpr (std::is_floating_point_v<T>) {
    result = std::from_chars(text.data(), end, value);
  } else {
    result = std::from_chars(text.data(), end, value, base);
  }
  if (result.ec != std::errc() || result.ptr != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

void Problems::add(std::string_view file, int line, std::string text) {
  lines_.push_back(line > 0 ? fmt::format("{}:{}: {}", file, line, text)
                            : fmt::format("{}: {}", file, text));
}

Status Problems::status() const {
  if (lines_.empty()) return ok_status();
  return Error::make(ErrorCode::InvalidArgument, "{}", fmt::join(lines_, "\n"));
}

YamlValue YamlValue::parse(const std::string& file, const std::string& text, Problems& problems) {
  try {
    return YamlValue(YAML::Load(text), file, 1, "", problems);
  } catch (const YAML::Exception& e) {
    problems.add(file, e.mark.line + 1, fmt::format("not YAML: {}", e.msg));
    return YamlValue(YAML::Node(YAML::NodeType::Undefined), file, e.mark.line + 1, "", problems);
  }
}

YamlValue YamlValue::child(const YAML::Node& node, std::string where) const {
  const int line = node.Mark().line >= 0 ? node.Mark().line + 1 : line_;
  return YamlValue(node, file_, line, std::move(where), *problems_);
}

std::optional<std::string> YamlValue::scalar(std::string_view wanted) const {
  if (!present()) return std::nullopt;  // whoever required it has reported that
  if (!node_.IsScalar()) {
    report(fmt::format("{} is a {}, wanted {}", where_, node_.IsMap() ? "map" : "list", wanted));
    return std::nullopt;
  }
  return node_.Scalar();
}

std::string YamlValue::text() const {
  return scalar("a text").value_or("");
}

std::int64_t YamlValue::integer(std::int64_t least, std::int64_t most) const {
  const auto found = scalar("a whole number");
  if (!found) return least;
  const auto value = parse_number<std::int64_t>(*found);
  if (!value || *value < least || *value > most) {
    report(fmt::format(
        "{} is \"{}\", wanted a whole number from {} to {}", where_, *found, least, most));
    return least;
  }
  return *value;
}

double YamlValue::real(double least, double most) const {
  const auto found = scalar("a number");
  if (!found) return least;
  const auto value = parse_number<double>(*found);
  if (!value || !std::isfinite(*value) || *value < least || *value > most) {
    report(fmt::format("{} is \"{}\", wanted a number from {} to {}", where_, *found, least, most));
    return least;
  }
  return *value;
}

bool YamlValue::boolean() const {
  const auto found = scalar("true or false");
  if (found && *found != "true" && *found != "false") {
    report(fmt::format("{} is \"{}\", wanted true or false", where_, *found));
  }
  return found == "true";
}

Duration YamlValue::duration() const {
  const auto found = scalar("a duration such as 30s");
  if (!found) return Duration{};
  const auto value = parse_duration(*found);
  if (!value)
    report(fmt::format(
        "{} is \"{}\", wanted a duration such as 500ms, 30s, 2m or 4h", where_, *found));
  return value.value_or(Duration{});
}

std::uint32_t YamlValue::mode() const {
  const auto found = scalar("a mode such as \"0755\"");
  if (!found) return 0;
  const auto value = parse_number<std::uint32_t>(*found, 8);
  if (!value || *value > 07777)
    report(fmt::format("{} is \"{}\", wanted a mode such as \"0755\"", where_, *found));
  return value.value_or(0) & 07777;
}

std::vector<std::string> YamlValue::texts() const {
  std::vector<std::string> out;
  for (const YamlValue& item : items()) out.push_back(item.text());
  return out;
}

std::vector<YamlValue> YamlValue::items() const {
  std::vector<YamlValue> out;
  if (!present()) return out;
  if (!node_.IsSequence()) {
    report(fmt::format("{} is a {}, wanted a list", where_, node_.IsMap() ? "map" : "text"));
    return out;
  }
  for (std::size_t i = 0; i < node_.size(); ++i) {
    out.push_back(child(node_[i], fmt::format("{}[{}]", where_, i)));
  }
  return out;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::entries() const {
  std::vector<std::pair<std::string, YamlValue>> out;
  if (!present()) return out;
  if (!node_.IsMap()) {
    report(fmt::format("{} is a {}, wanted a map",
                       where_.empty() ? "the file" : where_,
                       node_.IsSequence() ? "list" : "text"));
    return out;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) {
      report(fmt::format("a key of {} is not a text", where_));
      continue;
    }
    const std::string& key = entry.first.Scalar();
    // A null value has no mark of its own in every form: the key's line is as good.
    YamlValue value = child(entry.second, where_.empty() ? key : where_ + "." + key);
    value.line_ = entry.first.Mark().line + 1;
    if (!seen.insert(key).second) value.report(fmt::format("key \"{}\" is given twice", key));
    out.emplace_back(key, std::move(value));
  }
  return out;
}

YamlMap::YamlMap(const YamlValue& value) : value_(value), entries_(value.entries()) {}

YamlMap::~YamlMap() {
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const auto& [key, value] : entries_) {
    if (known_.contains(key)) continue;
    value.report(fmt::format("unknown key \"{}\"{}", key, did_you_mean(key, names)));
  }
}

YamlValue YamlMap::optional(std::string_view key) {
  known_.insert(std::string(key));
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;
  }
  const std::string where =
      value_.where_.empty() ? std::string(key) : fmt::format("{}.{}", value_.where_, key);
  return YamlValue(
      YAML::Node(YAML::NodeType::Undefined), value_.file_, value_.line_, where, *value_.problems_);
}

YamlValue YamlMap::required(std::string_view key) {
  YamlValue value = optional(key);
  if (!value.present() && value_.is_map()) {
    value_.report(
        fmt::format("{} has no \"{}\"", value_.where_.empty() ? "the file" : value_.where_, key));
  }
  return value;
}

}  // namespace tusker
