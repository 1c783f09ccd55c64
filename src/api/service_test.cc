#include "api/service.h"

#include <gtest/gtest.h>

#include "api/errors.h"
#include "api/testing/api_world.h"

namespace tusker::api {
namespace {

constexpr std::string_view kDescribe = R"({"DisplayStrategy":"clusterList"})";

class Service : public ::testing::Test {
 protected:
  // A described request with one header changed; an empty value takes it away.
  Answered with(std::string_view header, std::string value) {
    RawRequest request = world.signed_request("DescribeInstances", kDescribe);
    if (value.empty()) {
      request.drop(header);
    } else {
      request.set(header, std::move(value));
    }
    return world.send(request);
  }
  ApiWorld world;
};

TEST_F(Service, AnswersEveryErrorWith200AndExactlyTheContentTypeThatClientsLookFor) {
  for (const Answered& answered :
       {with("X-TC-Action", "Nonsense"), world.call("DescribeInstances", kDescribe)}) {
    EXPECT_EQ(answered.reply.status, 200);
    ASSERT_EQ(answered.reply.headers.size(), 1U);
    EXPECT_EQ(answered.reply.headers[0].first, "Content-Type");
    EXPECT_EQ(answered.reply.headers[0].second, "application/json");
  }
}

TEST_F(Service, RefusesOtherMethodsThanGetAndPost) {
  for (const std::string method : {"PUT", "DELETE", "HEAD", "get", "OPTIONS"}) {
    RawRequest request = world.signed_request("DescribeInstances", kDescribe);
    request.method = method;
    EXPECT_EQ(world.send(request).code, "UnsupportedProtocol") << method;
  }
}

TEST_F(Service, TellsWhatRoutingMissed) {
  EXPECT_EQ(with("X-TC-Action", "").code, "MissingParameter");
  EXPECT_EQ(with("X-TC-Version", "").code, "MissingParameter");
  EXPECT_EQ(with("X-TC-Action", "DescribeInstance").code, "InvalidAction");
  EXPECT_EQ(with("X-TC-Action", "describeinstances").code, "InvalidAction");
  EXPECT_EQ(with("X-TC-Action", "DescribeFlows").code, "InvalidAction")
      << "ours has another version";
  EXPECT_EQ(with("X-TC-Version", "2017-03-12").code, "NoSuchVersion");
  EXPECT_EQ(with("X-TC-Timestamp", "").code, "MissingParameter");
  EXPECT_EQ(with("Authorization", "").code, "AuthFailure.InvalidAuthorization");
  EXPECT_EQ(with("X-TC-Region", "Mars Base").code, "UnsupportedRegion");
  EXPECT_EQ(with("X-TC-Region", "").code, "") << "some pages call it optional";
}

TEST_F(Service, SaysThatOtherProductsAreNotHere) {
  RawRequest request = world.signed_request("DescribeResourceTagsByResourceIds", "{}");
  request.set("X-TC-Version", "2018-08-13");
  EXPECT_EQ(world.send(request).code, "NoSuchVersion");
  request.set("Host", "tag.example.test:8080");
  EXPECT_EQ(world.send(request).code, "NoSuchProduct");
  request.set("Host", "http://cvm.example.test");
  EXPECT_EQ(world.send(request).code, "NoSuchProduct");
}

TEST_F(Service, RefusesBodiesThatAreTooLargeOrNotJson) {
  RawRequest request = world.signed_request("DescribeInstances", std::string((10 << 20) + 1, ' '));
  EXPECT_EQ(world.send(request).code, "RequestSizeLimitExceeded");
  request = world.signed_request("DescribeInstances", "{");
  EXPECT_EQ(world.send(request).code, "InvalidParameter");
  request = world.signed_request("DescribeInstances", kDescribe);
  request.set("Content-Type", "multipart/form-data; boundary=x");
  world.sign(request);
  EXPECT_EQ(world.send(request).code, "InvalidRequest");
}

TEST_F(Service, ReadsAGetSignedWithTc3) {
  RawRequest request = world.signed_request("DescribeInstances", "");
  request.method = "GET";
  request.query = "InstanceIds.0=emr-aaaaaaaa&DisplayStrategy=clusterList";
  request.set("Content-Type", "application/x-www-form-urlencoded");
  world.sign(request);
  EXPECT_EQ(world.send(request).code, "");
  request.query += "&Nonsense=1";
  world.sign(request);
  EXPECT_EQ(world.send(request).code, "UnknownParameter");
  request.query = std::string(33 << 10, 'a');
  EXPECT_EQ(world.send(request).code, "RequestSizeLimitExceeded");
}

TEST_F(Service, ReadsVersion1GetsAndForms) {
  const std::string now = std::to_string(world.clock.wall().ms / 1000);
  const auto make = [&](std::string_view method, std::string_view common = "Language=&Nonce=7") {
    const std::string sorted = fmt::format(
        "Action=DescribeInstances&DisplayStrategy=clusterList&{}&SecretId={}&"
        "SignatureMethod=HmacSHA256&Timestamp={}&"
        "Version=2019-01-03",
        common,
        world.key.secret_id,
        now);
    std::string signature = v1_signature(V1Method::HmacSha256,
                                         world.key.secret_key,
                                         fmt::format("{}127.0.0.1:8080/?{}", method, sorted));
    std::string encoded;
    for (const char c : signature)
      encoded += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
    RawRequest request;
    request.method = method;
    request.set("Host", "127.0.0.1:8080");
    (method == "GET" ? request.query : request.body) = sorted + "&Signature=" + encoded;
    if (method == "POST") request.set("Content-Type", "application/x-www-form-urlencoded");
    return request;
  };
  EXPECT_EQ(world.send(make("GET")).code, "");
  EXPECT_EQ(world.send(make("POST")).code, "");
  // As the Python SDK.
  const Answered named =
      world.send(make("GET", "Language=zh-CN&Nonce=7&RequestClient=SDK_PYTHON_3.1.192"));
  EXPECT_EQ(named.code, "") << named.message;
  RawRequest changed = make("GET");
  changed.query += "&Limit=1";
  EXPECT_EQ(world.send(changed).code, "AuthFailure.SignatureFailure");
  RawRequest bare = make("GET");
  bare.query = "Action=DescribeInstances&Version=2019-01-03&DisplayStrategy=clusterList";
  EXPECT_EQ(world.send(bare).code, "MissingParameter");
  bare.query += "&Action=TerminateInstance";
  EXPECT_EQ(world.send(bare).code, "InvalidParameter");
}

TEST_F(Service, NamesThePermissionThatAReadOnlyKeyLacks) {
  store::AccessKey row = *world.model.access_key(world.key.secret_id);
  row.set_read_only(true);
  Change change;
  change.put(std::move(row));
  world.journal.commit(std::move(change));
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "");
  const Answered answered = world.call("TerminateInstance", "{}");
  EXPECT_EQ(answered.code, "UnauthorizedOperation.CheckCamAuth");
  EXPECT_NE(answered.message.find("emr:TerminateInstance"), std::string::npos);
}

TEST(RateLimit, AllowsTwentyCallsASecondPerActionAndRegion) {
  ApiWorld world({.rate_limit = true, .region = "ap-guangzhou"});
  for (int i = 0; i < 20; ++i) ASSERT_EQ(world.call("DescribeInstances", kDescribe).code, "") << i;
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "RequestLimitExceeded");
  EXPECT_EQ(world.call("DescribeHosts", "{}").code, "");
  RawRequest elsewhere = world.signed_request("DescribeInstances", kDescribe);
  elsewhere.set("X-TC-Region", "ap-beijing");
  EXPECT_EQ(world.send(elsewhere).code, "");
  world.clock.advance(std::chrono::milliseconds(50));
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "");
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "RequestLimitExceeded");
}

TEST(RateLimit, IsNotUsedUpByRequestsThatFailToAuthenticate) {
  ApiWorld world({.rate_limit = true, .region = "ap-guangzhou"});
  RawRequest forged = world.signed_request("DescribeInstances", kDescribe);
  forged.body += " ";
  for (int i = 0; i < 100; ++i) ASSERT_EQ(world.send(forged).code, "AuthFailure.SignatureFailure");
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "");
}

TEST_F(Service, NamesTheCommitThatAnAnswerDependsOn) {
  world.call("DescribeInstances", kDescribe);  // the key's first use in this hour is noted
  const CommitNumber before = world.journal.current();
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).reply.after_commit, before);
  const Answered created = world.call("CreateInstance", ApiWorld::create_body("wordcount"));
  ASSERT_EQ(created.code, "");
  EXPECT_GT(created.reply.after_commit, before);
  EXPECT_EQ(created.reply.after_commit, world.journal.current());
}

TEST_F(Service, LogsEveryChangeWithWhoFromWhereAndOutcome) {
  world.create("wordcount");
  world.call("CreateInstance", ApiWorld::create_body("no"));
  world.call("DescribeInstances", kDescribe);
  const std::vector<std::string> log = world.operations();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_TRUE(log[0].starts_with(
      "CreateInstance: InvalidParameter.InvalidInstanceName: InstanceName is \"no\""))
      << log[0];
  EXPECT_TRUE(log[1].starts_with("CreateInstance: accepted; request ")) << log[1];
}

TEST_F(Service, AnswersForTheNetworkWhatNeverCameThisFar) {
  const ApiReply reply = world.api->reply_for(api_error("RequestSizeLimitExceeded", "too large"));
  EXPECT_TRUE(reply.body.starts_with(
      R"({"Response":{"Error":{"Code":"RequestSizeLimitExceeded","Message":"too large"},"RequestId":")"));
}

class Stream : public Service {
 protected:
  Result<NodeStream> open(std::string query, std::string_view action = "OpenNodeStream") {
    RawRequest request = world.signed_request(action, "");
    request.method = "GET";
    request.path = "/stream";
    request.query = std::move(query);
    world.sign(request);
    std::vector<Header> headers;
    for (const auto& [name, value] : request.headers) headers.push_back({name, value});
    return world.api->open_stream(
        {request.method, request.path, request.query, headers, request.body, "127.0.0.1"});
  }
};

TEST_F(Stream, FindsTheNodeAndWhatShallRun) {
  const std::string id = world.create("wordcount");
  const Result<NodeStream> stream = open(
      "InstanceId=" + id + "&Node=master-1&Argv.0=hdfs&Argv.1=dfs&Terminal=1&Columns=120&Rows=40");
  ASSERT_TRUE(stream.ok()) << stream.error().message();
  EXPECT_EQ(stream->host_id, world.host.text());
  EXPECT_EQ(world.model.node(stream->ask.node_id())->name(), "master-1");
  const link::Exec& exec = stream->ask.exec();
  EXPECT_EQ(exec.user(), "tusker");
  EXPECT_EQ(std::vector<std::string>(exec.argv().begin(), exec.argv().end()),
            (std::vector<std::string>{"hdfs", "dfs"}));
  EXPECT_TRUE(exec.terminal());
  EXPECT_EQ(exec.columns(), 120U);
  EXPECT_TRUE(open("InstanceId=" + id + "&Node=" + stream->ask.node_id()).ok());
  EXPECT_TRUE(world.operations()[0].starts_with("OpenNodeStream: accepted"));
}

TEST_F(Stream, SaysWhichNodesThereAre) {
  const std::string id = world.create("wordcount");
  const Result<NodeStream> stream = open("InstanceId=" + id + "&Node=core-9");
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().message(),
            "cluster " + id + " has no node core-9; it has master-1, core-1, core-2");
  EXPECT_EQ(api_code_of(open("InstanceId=emr-aaaaaaaa&Node=core-1").error()),
            "ResourceNotFound.InstanceNotFound");
  EXPECT_EQ(api_code_of(open("InstanceId=" + id + "&Node=core-1&Columns=0").error()),
            "InvalidParameterValue");
}

TEST_F(Stream, OfALogAsksForARoleThatTheNodeHas) {
  const std::string id = world.create("wordcount");
  const auto log = [&](const std::string& more) {
    return open("InstanceId=" + id + "&Node=core-1" + more, "OpenLogStream");
  };
  const Result<NodeStream> stream = log("&Role=DataNode&Lines=7&Follow=1");
  ASSERT_TRUE(stream.ok()) << stream.error().message();
  EXPECT_EQ(stream->host_id, world.host.text());
  EXPECT_EQ(world.model.node(stream->ask.node_id())->name(), "core-1");
  EXPECT_EQ(stream->ask.tail().role(), "DataNode");
  EXPECT_EQ(stream->ask.tail().lines(), 7U);
  EXPECT_TRUE(stream->ask.tail().follow());
  EXPECT_FALSE(log("&Role=DataNode")->ask.tail().follow());
  EXPECT_TRUE(world.operations()[0].starts_with("CreateInstance")) << "reading is no operation";
}

TEST_F(Stream, OfALogRefusesNamesThatTheModelDoesNotHave) {
  const std::string id = world.create("wordcount");
  for (const std::string_view role : {"..", "../NameNode", "DataNode/current", "NameNode", ""}) {
    const Result<NodeStream> stream =
        open(fmt::format("InstanceId={}&Node=core-1&Role={}", id, role), "OpenLogStream");
    ASSERT_FALSE(stream.ok()) << role;
    EXPECT_EQ(api_code_of(stream.error()), "ResourceNotFound.RoleNotFound") << role;
  }
  for (const std::string_view node : {"..", "core-9", "emr-vm-zzzzzzzz/../emr-vm-00000000"}) {
    const Result<NodeStream> stream =
        open(fmt::format("InstanceId={}&Node={}&Role=DataNode", id, node), "OpenLogStream");
    ASSERT_FALSE(stream.ok()) << node;
    EXPECT_EQ(api_code_of(stream.error()), "ResourceNotFound.NodeNotFound") << node;
  }
  const Result<NodeStream> near =
      open("InstanceId=" + id + "&Node=core-1&Role=Datanode", "OpenLogStream");
  EXPECT_NE(near.error().message().find("did you mean \"DataNode\"?"), std::string::npos)
      << near.error().message();
}

TEST_F(Stream, IsNoOrdinaryAction) {
  EXPECT_EQ(world.call("OpenNodeStream", R"({"InstanceId":"emr-aaaaaaaa","Node":"master-1"})").code,
            "UnsupportedOperation");
}

}  // namespace
}  // namespace tusker::api
