#include "api/failure_text.h"

#include <fmt/format.h>

namespace tusker::api {
namespace {

void add(std::string& out, std::string_view label, std::string_view fact) {
  if (fact.empty()) return;
  if (!out.empty()) out += ", ";
  out += fmt::format("{}{}", label, fact);
}

}  // namespace

std::string failure_text(const store::Failure& failure) {
  std::string where;
  add(where, "stage ", failure.stage());
  add(where, "host ", failure.host());
  add(where, "node ", failure.node());
  add(where, "role ", failure.role());
  std::string what = failure.what();
  if (!failure.message().empty())
    what += fmt::format("{}{}", what.empty() ? "" : ": ", failure.message());
  std::string text = where;
  if (!what.empty()) text += fmt::format("{}{}", text.empty() ? "" : ": ", what);
  if (!failure.command().empty()) {
    text += fmt::format("{}command `{}` ended with code {}",
                        text.empty() ? "" : "; ",
                        failure.command(),
                        failure.exit_code());
  }
  if (failure.log_size() > 0) text += "\nlast log lines:";
  for (const std::string& line : failure.log()) text += "\n  " + line;
  return text;
}

}  // namespace tusker::api
