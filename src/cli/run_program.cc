#include "cli/run_program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/clusters.h"
#include "cli/exit_codes.h"
#include "cli/words.h"

namespace tusker::cli {
namespace {

Status check_component(const ClusterRow& row, std::string_view component) {
  const std::string begin = fmt::format("{}-", component);
  if (component.empty() || std::ranges::any_of(row.software, [&](const std::string& software) {
        return software.starts_with(begin);
      })) {
    return ok_status();
  }
  std::vector<std::string> software;
  for (const std::string& one : row.software) software.push_back(printable(one));
  return Error::make(ErrorCode::FailedPrecondition,
                     "{} has no {}; it has {}. A cluster gets its components when it is made: "
                     "tusker cluster create NAME --components hdfs,yarn,{}",
                     printable(row.name),
                     component,
                     fmt::join(software, ", "),
                     component);
}

Result<int> run_in(Session& session,
                   const std::string& data,
                   const std::string& cluster,
                   std::string_view component,
                   RunRequest request) {
  TK_TRY(const ApiClient client, session.client(data));
  TK_TRY(const ClusterRow row, find_cluster(client, cluster));
  TK_TRY_VOID(check_component(row, component));
  request.cluster_id = row.id;
  TK_TRY(const RunEnd end, run_in_node(client.access(), request));
  if (!end.failure.empty())
    return Error::make(ErrorCode::Unavailable, "{}", printable(end.failure));
  return end.exit_code;
}

}  // namespace

int run_program(Session& session,
                const std::string& data,
                const std::string& cluster,
                std::string_view component,
                RunRequest request) {
  const Result<int> code = run_in(session, data, cluster, component, std::move(request));
  if (code.ok()) return *code;
  session.console.error(code.error().message());
  return kRunFailed;
}

}  // namespace tusker::cli
