#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tusker::server {

// Writes Prometheus' text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/): families one after the other,
// each with all its samples.
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // `type` is gauge or counter. A family without a sample is not written.
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(const Labels& labels, double value);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string name_;
  std::string head_;  // until the first sample
};

}  // namespace tusker::server
