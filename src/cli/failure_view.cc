#include "cli/failure_view.h"

#include <boost/json.hpp>

#include "cli/json_text.h"
#include "cli/remedies.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

FailureView read_failure(const json::object& info) {
  FailureView failure;
  failure.stage = printable(text_at(info, "Stage"));
  failure.host = printable(text_at(info, "Host"));
  failure.node = printable(text_at(info, "Node"));
  failure.role = printable(text_at(info, "Role"));
  failure.what = printable(text_at(info, "What"));
  failure.command = printable(text_at(info, "Command"));
  failure.exit_code = integer_at(info, "ExitCode");
  failure.message = printable(text_at(info, "Message"));
  for (const json::value& line : array_at(info, "Log")) {
    if (line.is_string()) failure.log.push_back(printable(line.get_string()));
  }
  return failure;
}

std::string headline(const FailureView& failure, const std::string& cluster) {
  // "core-1 (emr-vm-1a2b3c4d)": commands take its name.
  const std::string node = failure.node.substr(0, failure.node.find(' '));
  std::string where = node;
  if (!failure.host.empty())
    where += fmt::format("{}host {}", where.empty() ? "" : " on ", failure.host);
  if (!failure.role.empty() && failure.message.find(failure.role) == std::string::npos)
    where += fmt::format("{}{}", where.empty() ? "" : ": ", failure.role);
  const std::string said = where.empty() ? failure.message : where + ": " + failure.message;
  return with_remedy(said, {.cluster = cluster, .node = node, .role = failure.role});
}

std::string render_failure(const FailureView& failure, const std::string& cluster) {
  return headline(failure, cluster) + "\n" + render_failure_facts(failure);
}

std::string render_failure_facts(const FailureView& failure) {
  std::string out = render_facts(
      {{"stage", failure.stage},
       {"doing", failure.what},
       {"host", failure.host},
       {"node", failure.node},
       {"role", failure.role},
       {"command", failure.command},
       {"exit code", failure.exit_code == 0 ? "" : std::to_string(failure.exit_code)}});
  if (!failure.log.empty()) {
    out += fmt::format("last {} log lines:\n", failure.log.size());
    for (const std::string& line : failure.log) out += "  " + line + "\n";
  }
  return out;
}

}  // namespace tusker::cli
