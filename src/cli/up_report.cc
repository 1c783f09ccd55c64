#include "cli/up_report.h"

#include <charconv>

namespace tusker::cli {

std::string encode(const UpReport& report) {
  switch (report.kind) {
    case UpReport::Kind::Progress:
      return "P " + report.text + "\n";
    case UpReport::Kind::Ready:
      return "R " + report.text + "\n";
    case UpReport::Kind::Failed:
      return fmt::format("F {} {}", report.exit_code, report.text);
  }
  return "";
}

namespace {

UpReport read_failure(std::string_view text) {
  UpReport report{.kind = UpReport::Kind::Failed, .exit_code = 1, .text = ""};
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), report.exit_code);
  report.text = std::string(text.substr(static_cast<std::size_t>(end - text.data())));
  if (report.text.starts_with(' ')) report.text.erase(0, 1);
  return report;
}

}  // namespace

std::optional<UpReport> take_report(std::string& received, bool at_end) {
  if (received.starts_with("F ")) {
    if (!at_end) return std::nullopt;
    UpReport report = read_failure(std::string_view(received).substr(2));
    received.clear();
    return report;
  }
  const std::size_t line_end = received.find('\n');
  if (line_end == std::string::npos) return std::nullopt;
  const std::string line = received.substr(0, line_end);
  received.erase(0, line_end + 1);
  const UpReport::Kind kind =
      line.starts_with("R ") ? UpReport::Kind::Ready : UpReport::Kind::Progress;
  return UpReport{.kind = kind, .exit_code = 0, .text = line.size() > 2 ? line.substr(2) : ""};
}

}  // namespace tusker::cli
