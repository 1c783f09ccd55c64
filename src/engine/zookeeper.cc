#include "engine/zookeeper.h"

#include <algorithm>

namespace tusker {
namespace {

// A refusal is a line of text; what is shown of it ends there.
std::string_view first_line(std::string_view answer) {
  return answer.substr(0, std::min(answer.find('\n'), std::size_t{100}));
}

}  // namespace

Result<Facts> facts_of_figures(std::string_view answer, const std::vector<std::string>& names) {
  Facts facts;
  bool has_figures = false;
  for (std::string_view rest = answer; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    has_figures = true;
    const std::string_view name = line.substr(0, tab);
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    const std::string_view value = line.substr(tab + 1);
    if (value.size() <= kMaxFactBytes) facts[std::string(name)] = value;
  }
  if (has_figures) return facts;
  return Error::make(
      ErrorCode::FailedPrecondition, "expected figures, found '{}'", first_line(answer));
}

void ask_zookeeper(Exchanger& exchanger,
                   const std::string& address,
                   std::uint16_t port,
                   std::string_view word,
                   Duration deadline,
                   Exchanger::Done done) {
  Exchange exchange;
  exchange.address = address;
  exchange.port = port;
  exchange.request = word;
  // It ends the connection after its answer, which says its length in no other way.
  exchange.complete = [](std::string_view, bool ended) -> Result<bool> { return ended; };
  exchange.deadline = deadline;
  exchange.limit = 1 << 20;
  exchanger.start(std::move(exchange), std::move(done));
}

}  // namespace tusker
