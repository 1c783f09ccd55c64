#include "cli/clusters.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/answer.h"
#include "cli/testing/fake_server.h"

namespace tusker::cli {
namespace {

namespace json = boost::json;

ClusterRow row(std::string id, std::string name, std::int64_t status, std::string created) {
  ClusterRow out;
  out.id = std::move(id);
  out.name = std::move(name);
  out.status = status;
  out.state = status_word(status);
  out.created = std::move(created);
  return out;
}

std::vector<ClusterRow> rows() {
  return {row("emr-aaaaaaaa", "wordcount", 2, "2026-11-25 01:00:00"),
          row("emr-bbbbbbbb", "nightly", 2, "2026-11-25 02:00:00"),
          row("emr-cccccccc", "nightly", 3, "2026-11-25 03:00:00")};
}

TEST(PickCluster, TakesAnIdOrANameThatOnlyOneHas) {
  EXPECT_EQ(pick_cluster(rows(), "emr-bbbbbbbb")->id, "emr-bbbbbbbb");
  EXPECT_EQ(pick_cluster(rows(), "wordcount")->id, "emr-aaaaaaaa");
}

TEST(PickCluster, ListsTheIdsOfANameThatSeveralHave) {
  const Result<ClusterRow> picked = pick_cluster(rows(), "nightly");
  ASSERT_FALSE(picked.ok());
  EXPECT_EQ(picked.error().message(),
            "2 clusters are called 'nightly'; say which by its id:\n"
            "  emr-bbbbbbbb  running, created 2026-11-25 02:00:00\n"
            "  emr-cccccccc  creating, created 2026-11-25 03:00:00");
}

TEST(PickCluster, PassesOverACreateThatFailed) {
  const std::vector<ClusterRow> clusters = {row("emr-aaaaaaaa", "again", 301, ""),
                                            row("emr-bbbbbbbb", "again", 2, "")};
  EXPECT_EQ(pick_cluster(clusters, "again")->id, "emr-bbbbbbbb");
  EXPECT_EQ(pick_cluster({clusters[0]}, "again")->id, "emr-aaaaaaaa");
}

TEST(CheckNameIsFree, RefusesTheNameOfAClusterThatDidNotFail) {
  EXPECT_TRUE(check_name_is_free(rows(), "another").ok());
  EXPECT_TRUE(check_name_is_free({row("emr-aaaaaaaa", "again", 301, "")}, "again").ok());
  const Status taken = check_name_is_free(rows(), "wordcount");
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().message(),
            "there is a cluster 'wordcount' already: emr-aaaaaaaa, running, created "
            "2026-11-25 01:00:00; choose another name");
}

TEST(PickCluster, SuggestsTheNearestName) {
  const Result<ClusterRow> picked = pick_cluster(rows(), "wordcuont");
  ASSERT_FALSE(picked.ok());
  EXPECT_EQ(picked.error().code(), ErrorCode::NotFound);
  EXPECT_EQ(picked.error().message(), "there is no cluster 'wordcuont'; did you mean 'wordcount'?");
}

TEST(ListClusters, AsksPageByPageUntilAllAreThere) {
  const auto page = [](int from, int count) {
    json::array list;
    for (int i = from; i < from + count; ++i)
      list.push_back(json::object{{"ClusterId", "emr-" + std::to_string(i)}});
    return json::value{{"TotalCnt", 130}, {"ClusterList", list}};
  };
  FakeServer server;
  server.answer("DescribeInstances", {page(0, 100), page(100, 30)});
  const SystemClock clock;
  const ApiClient client({.host = "127.0.0.1", .port = 1, .secret_id = "id", .secret_key = "key"},
                         clock,
                         server.post());
  const Result<std::vector<ClusterRow>> all = list_clusters(client);
  ASSERT_TRUE(all.ok()) << all.error().message();
  EXPECT_EQ(all->size(), 130U);
  ASSERT_EQ(server.calls.size(), 2U);
  EXPECT_EQ(server.calls[1].parameters.at("Offset"), 1);
}

TEST(ApiClient, SignsAndNamesActionAndVersion) {
  FakeServer server;
  server.answer("DescribeHosts", {json::object()});
  const SystemClock clock;
  const ApiClient client(
      {.host = "127.0.0.1", .port = 7480, .secret_id = "AKID", .secret_key = "key"},
      clock,
      server.post());
  ASSERT_TRUE(client.call("DescribeHosts", {}).ok());
  auto& headers = server.calls.at(0).headers;
  EXPECT_EQ(headers["Host"], "127.0.0.1:7480");
  EXPECT_EQ(headers["X-TC-Version"], "2026-11-01");
  EXPECT_TRUE(headers["Authorization"].starts_with("TC3-HMAC-SHA256 Credential=AKID/"));
  EXPECT_EQ(headers["Authorization"].find("key"), std::string::npos);
}

TEST(ApiClient, ShowsCodeMessageAndRequestIdOfAFailure) {
  FakeServer server;
  server.answer(
      "TerminateInstance",
      {{{"Error",
         {{"Code", "ResourceNotFound.InstanceNotFound"}, {"Message", "no such cluster"}}}}});
  const SystemClock clock;
  const ApiClient client({.host = "127.0.0.1", .port = 1, .secret_id = "id", .secret_key = "key"},
                         clock,
                         server.post());
  const auto answer = client.call("TerminateInstance", {{"InstanceId", "emr-1"}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code(), ErrorCode::NotFound);
  EXPECT_EQ(answer.error().message(),
            "TerminateInstance: no such cluster\n  code ResourceNotFound.InstanceNotFound, request "
            "request-1");
}

TEST(ApiClient, SaysThatAnotherProgramListensThere) {
  const SystemClock clock;
  const ApiClient client(
      {.host = "127.0.0.1", .port = 80, .secret_id = "id", .secret_key = "key"},
      clock,
      [](const HttpExchange&) { return HttpOutcome{.status = 200, .body = R"({"ok":true})"}; });
  const auto answer = client.call("DescribeHosts", {});
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().message().find("is another program listening there?"),
            std::string::npos);
}

}  // namespace
}  // namespace tusker::cli
