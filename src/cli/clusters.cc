#include "cli/clusters.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/ids.h"
#include "cli/json_text.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr std::int64_t kPage = 100;  // the API's largest
constexpr std::size_t kMostClusters = 100000;

struct StatusWord {
  std::int64_t status;
  std::string_view word;
};
constexpr StatusWord kStatusWords[] = {
    {2, "running"},
    {3, "creating"},
    {4, "scaling out"},
    {5, "adding router nodes"},
    {6, "installing"},
    {7, "running a command"},
    {8, "restarting"},
    {9, "entering maintenance"},
    {10, "suspending"},
    {11, "leaving maintenance"},
    {12, "resuming"},
    {13, "configuring"},
    {14, "terminating"},
    {15, "removing core nodes"},
    {16, "removing task nodes"},
    {17, "removing router nodes"},
    {24, "scaling in"},
    {201, "terminated"},
    {-2, "terminated"},
    {301, "create failed"},
    {302, "scale-out failed"},
};

}  // namespace

std::string status_word(std::int64_t status) {
  for (const StatusWord& entry : kStatusWords) {
    if (entry.status == status) return std::string(entry.word);
  }
  return fmt::format("status {}", status);
}

bool is_gone(std::int64_t status) {
  return status == 201 || status == -2;
}

ClusterRow read_cluster_row(const json::object& info) {
  ClusterRow row;
  row.id = text_at(info, "ClusterId");
  row.name = text_at(info, "ClusterName");
  row.status = integer_at(info, "Status");
  row.state = text_at(info, "ClusterTitle");
  if (row.state.empty()) row.state = status_word(row.status);
  row.release = text_at(info, "EmrVersion");
  row.created = text_at(info, "AddTime");
  const json::object& config = object_at(info, "Config");
  row.masters = integer_at(config, "MasterNodeSize");
  row.cores = integer_at(config, "CoreNodeSize");
  row.tasks = integer_at(config, "TaskNodeSize");
  for (const json::value& software : array_at(config, "SoftInfo")) {
    if (software.is_string()) row.software.emplace_back(software.get_string());
  }
  return row;
}

std::string node_name_of(std::string_view tag) {
  const std::size_t dot = tag.rfind('.');
  std::int64_t index = 0;
  if (dot != std::string_view::npos)
    std::from_chars(tag.data() + dot + 1, tag.data() + tag.size(), index);
  return fmt::format("{}-{}", tag.substr(0, dot), index + 1);
}

Result<json::array> list_cluster_objects(const ApiClient& client) {
  json::array all;
  for (std::int64_t page = 0;; ++page) {
    TK_TRY(json::object answer,
           client.call("DescribeInstances",
                       {{"DisplayStrategy", "clusterList"},
                        {"Offset", page},
                        {"Limit", kPage},
                        {"ProjectId", -1}}));
    const json::array& part = array_at(answer, "ClusterList");
    for (const json::value& info : part) {
      if (info.is_object()) all.push_back(info);
    }
    const auto total =
        static_cast<std::size_t>(std::max<std::int64_t>(0, integer_at(answer, "TotalCnt")));
    if (part.empty() || all.size() >= total || all.size() >= kMostClusters) return all;
  }
}

Result<std::vector<ClusterRow>> list_clusters(const ApiClient& client) {
  TK_TRY(const json::array objects, list_cluster_objects(client));
  std::vector<ClusterRow> rows;
  for (const json::value& info : objects) rows.push_back(read_cluster_row(info.get_object()));
  return rows;
}

Result<ClusterRow> pick_cluster(const std::vector<ClusterRow>& clusters,
                                std::string_view id_or_name) {
  // A create that failed keeps its row, and its name: one that lives is meant.
  std::vector<const ClusterRow*> matches;
  std::vector<std::string> names;
  for (const ClusterRow& row : clusters) {
    if (row.id == id_or_name) return row;
    if (row.name == id_or_name) matches.push_back(&row);
    names.push_back(row.name);
  }
  if (std::any_of(matches.begin(), matches.end(), [](const ClusterRow* row) {
        return row->status != kCreateFailed;
      })) {
    std::erase_if(matches, [](const ClusterRow* row) { return row->status == kCreateFailed; });
  }
  if (matches.size() > 1) {
    std::string list;
    for (const ClusterRow* row : matches) {
      list += fmt::format("\n  {}  {}, created {}", row->id, row->state, row->created);
    }
    return Error::make(ErrorCode::InvalidArgument,
                       "{} clusters are called '{}'; say which by its id:{}",
                       matches.size(),
                       printable(id_or_name),
                       list);
  }
  if (matches.size() == 1) return *matches[0];
  const auto nearest = nearest_word(id_or_name, names);
  return Error::make(ErrorCode::NotFound,
                     "there is no cluster '{}'{}",
                     printable(id_or_name),
                     nearest ? fmt::format("; did you mean '{}'?", printable(*nearest))
                     : clusters.empty()
                         ? std::string("; there is none at all. Make one with: tusker "
                                       "cluster create NAME --wait")
                         : std::string(". See them with: tusker cluster list"));
}

Status check_name_is_free(const std::vector<ClusterRow>& clusters, std::string_view name) {
  for (const ClusterRow& row : clusters) {
    if (row.name != name || row.status == kCreateFailed) continue;
    return Error::make(ErrorCode::AlreadyExists,
                       "there is a cluster '{}' already: {}, {}, created {}; choose another name",
                       printable(name),
                       row.id,
                       row.state,
                       row.created);
  }
  return ok_status();
}

Result<ClusterRow> find_cluster(const ApiClient& client, std::string_view id_or_name) {
  TK_TRY(const std::vector<ClusterRow> clusters, list_clusters(client));
  return pick_cluster(clusters, id_or_name);
}

Result<std::string> find_cluster_id(const ApiClient& client, std::string_view id_or_name) {
  Result<ClusterRow> row = find_cluster(client, id_or_name);
  if (row.ok()) return std::move(row->id);
  if (row.error().code() == ErrorCode::NotFound && is_cluster_id(id_or_name))
    return std::string(id_or_name);
  return std::move(row).error();
}

}  // namespace tusker::cli
