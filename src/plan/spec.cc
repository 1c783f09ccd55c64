#include "plan/spec.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "plan/nearest.h"

namespace tusker {
namespace {

struct Shape {
  std::uint32_t cpus = 0;
  std::uint64_t memory_gb = 0;
};

std::optional<std::uint32_t> leading_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// "2XLARGE16": 8 CPUs, 16 GB.
std::optional<Shape> parse_shape(std::string_view text) {
  Shape shape;
  if (take(text, "SMALL")) {
    shape.cpus = 1;
  } else if (take(text, "MEDIUM")) {
    shape.cpus = 2;
  } else if (take(text, "LARGE")) {
    shape.cpus = 4;
  } else if (const auto factor = leading_number(text);
             factor && *factor > 0 && *factor <= 64 && take(text, "XLARGE")) {
    shape.cpus = 4 * *factor;
  } else {
    return std::nullopt;
  }
  const auto memory = leading_number(text);
  if (!memory || *memory == 0 || *memory > 4096 || !text.empty()) return std::nullopt;
  shape.memory_gb = *memory;
  return shape;
}

}  // namespace

bool is_spec_shape(std::string_view shape) {
  return parse_shape(shape).has_value();
}

std::vector<std::string> offered_specs(const Definitions& definitions) {
  std::vector<std::string> names;
  for (const std::string& family : definitions.specs.families) {
    for (const std::string& shape : definitions.specs.shapes) names.push_back(family + "." + shape);
  }
  return names;
}

Result<store::NodeSpec> find_spec(const Definitions& definitions, std::string_view name) {
  const std::vector<std::string> offered = offered_specs(definitions);
  const auto shape = parse_shape(name.substr(std::min(name.find('.') + 1, name.size())));
  if (std::find(offered.begin(), offered.end(), name) == offered.end() || !shape) {
    return Error::make(ErrorCode::InvalidArgument,
                       "InstanceType \"{}\" is not offered{} Families {} with shapes {}",
                       name.substr(0, 64),
                       offered.empty()                       ? "."
                       : did_you_mean(name, offered).empty() ? "."
                                                             : did_you_mean(name, offered),
                       fmt::join(definitions.specs.families, ", "),
                       fmt::join(definitions.specs.shapes, ", "))
        .with_api_code("InvalidParameter.InvalidInstanceType");
  }
  store::NodeSpec spec;
  spec.set_instance_type(std::string(name));
  spec.set_cpus(shape->cpus);
  spec.set_memory_bytes(shape->memory_gb << 30);
  return spec;
}

}  // namespace tusker
