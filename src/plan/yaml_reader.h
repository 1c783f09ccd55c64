#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tusker {

// All that is wrong with a set of definition files, in the order found. Collected, not thrown: a
// person fixes them together.
class Problems {
 public:
  void add(std::string_view file, int line, std::string text);
  bool empty() const { return lines_.empty(); }
  Status status() const;  // InvalidArgument with one line each

 private:
  std::vector<std::string> lines_;
};

// One value of a YAML file that knows where it stands. Reading it as something that it is not
// reports a problem and returns a default, so that readers go on and find the rest.
class YamlValue {
 public:
  // The file's one document. Reports syntax errors; is absent then.
  static YamlValue parse(const std::string& file, const std::string& text, Problems& problems);

  bool present() const { return node_.IsDefined() && !node_.IsNull(); }
  bool is_map() const { return present() && node_.IsMap(); }
  bool is_sequence() const { return present() && node_.IsSequence(); }
  const std::string& file() const { return file_; }
  int line() const { return line_; }
  void report(std::string text) const { problems_->add(file_, line_, std::move(text)); }

  std::string text() const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  double real(double least, double most) const;
  bool boolean() const;
  Duration duration() const;               // 500ms, 30s, 2m, 4h
  std::uint32_t mode() const;              // "0755"
  std::vector<std::string> texts() const;  // a sequence of scalars
  std::vector<YamlValue> items() const;
  std::vector<std::pair<std::string, YamlValue>> entries()
      const;  // of a map, in its order; reports doubled keys

 private:
  friend class YamlMap;
  YamlValue(
      const YAML::Node& node, std::string file, int line, std::string where, Problems& problems)
      : node_(node),
        file_(std::move(file)),
        line_(line),
        where_(std::move(where)),
        problems_(&problems) {}
  std::optional<std::string> scalar(std::string_view wanted) const;
  YamlValue child(const YAML::Node& node, std::string where) const;

  YAML::Node node_;
  std::string file_;
  int line_ = 0;
  std::string where_;  // "roles.NameNode.ports"
  Problems* problems_;
};

// A map with a fixed set of keys. When it goes out of scope, keys that nobody asked for are
// reported with the nearest that exists.
class YamlMap {
 public:
  explicit YamlMap(const YamlValue& value);
  ~YamlMap();
  YamlMap(const YamlMap&) = delete;
  YamlMap& operator=(const YamlMap&) = delete;

  YamlValue optional(std::string_view key);  // absent value when it is not there
  YamlValue required(std::string_view key);  // reports that it is not there

 private:
  const YamlValue value_;
  std::vector<std::pair<std::string, YamlValue>> entries_;
  std::set<std::string> known_;
};

}  // namespace tusker
