#include "api/verifier.h"

#include <gtest/gtest.h>

#include "api/arena.h"
#include "api/testing/api_world.h"
#include "model/model.h"

namespace tusker::api {
namespace {

constexpr std::string_view kDescribe = R"({"DisplayStrategy":"clusterList"})";

// The published vectors are about requests of 2019, signed by a published key: a model and a clock
// to match.
class Published : public ::testing::Test {
 protected:
  Published() {
    add_key("AKID" + std::string(32, '*'), std::string(32, '*'));
    add_key("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
  }

  void add_key(const std::string& id, std::string_view secret) {
    store::AccessKey key;
    key.set_secret_id(id);
    key.set_sealed_secret_key(sealer.seal(secret, "key:" + id, random).bytes());
    Change change;
    change.put(std::move(key));
    model.apply(std::move(change));
  }

  // The code of the answer; empty: verified.
  std::string verify(const RawRequest& raw) {
    std::vector<Header> headers;
    for (const auto& [name, value] : raw.headers) headers.push_back({name, value});
    const ApiRequest request{raw.method, raw.path, raw.query, headers, raw.body, ""};
    Arena arena;
    const auto common = read_common_parameters(request, arena);
    if (!common.ok()) return common.error().message();
    const auto key = verifier.verify(request, *common);
    return key.ok() ? "" : std::string(key.error().api_code());
  }

  RawRequest tc3(std::string_view id,
                 std::string_view service,
                 std::string_view signed_headers,
                 std::string_view signature) {
    RawRequest raw;
    raw.set("Authorization",
            fmt::format("TC3-HMAC-SHA256 Credential={}/2019-02-25/{}/tc3_request, "
                        "SignedHeaders={}, Signature={}",
                        id,
                        service,
                        signed_headers,
                        signature));
    raw.set("X-TC-Timestamp", "1551113065");
    raw.set("X-TC-Action", "DescribeInstances");
    return raw;
  }

  FakeClock clock = [] {
    FakeClock at;
    at.step_wall(std::chrono::milliseconds(1551113065000 - at.wall().ms));
    return at;
  }();
  SeededRandom random{1};
  Model model;
  Sealer sealer = Sealer::for_test();
  SignatureVerifier verifier{model, sealer, clock};
  const std::string stars = "AKID" + std::string(32, '*');
};

TEST_F(Published, PostOfVector12_1) {
  RawRequest raw = tc3(stars,
                       "cvm",
                       "content-type;host;x-tc-action",
                       "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f");
  raw.set("Host", "cvm.tencentcloudapi.com");
  raw.set("Content-Type", "application/json; charset=utf-8");
  raw.body =
      R"({"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]})";
  EXPECT_EQ(verify(raw), "");
  EXPECT_EQ(verify(raw), "") << "with the derived key from the cache";
  raw.body += " ";
  EXPECT_EQ(verify(raw), "AuthFailure.SignatureFailure");
}

TEST_F(Published, PostOfVector12_2) {
  RawRequest raw = tc3("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                       "cvm",
                       "content-type;host",
                       "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
  raw.set("Host", "cvm.tencentcloudapi.com");
  raw.set("Content-Type", "application/json; charset=utf-8");
  raw.body =
      R"({"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]})";
  EXPECT_EQ(verify(raw), "");
}

TEST_F(Published, EmrRequestsOfVector12_4) {
  RawRequest post = tc3(stars,
                        "emr",
                        "content-type;host",
                        "4b1ac8eab51edbf01cf8d826e7c16c34eb307901fbf02ee2d80ccc9df3a93954");
  post.set("Host", "emr.tencentcloudapi.com");
  post.set("Content-Type", "application/json");
  post.body = R"({"InstanceId":"emr-4slr7ad7"})";
  EXPECT_EQ(verify(post), "");

  RawRequest unsigned_body =
      tc3(stars,
          "emr",
          "content-type;host",
          "7a7fff5d1ad38c0f410ab5ba8ee0825f338af2298361d21370209cfd7e0bbd2d");
  unsigned_body.set("Host", "emr.tencentcloudapi.com");
  unsigned_body.set("Content-Type", "application/json");
  unsigned_body.set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
  unsigned_body.body = "anything";
  EXPECT_EQ(verify(unsigned_body), "");

  RawRequest get = tc3(stars,
                       "emr",
                       "content-type;host",
                       "0e20a58146332dac94da4f506728853b393f4fd134754174adadbeb2d585cc9a");
  get.method = "GET";
  get.query = "DisplayStrategy=clusterList&InstanceIds.0=emr-p9f700x8&Limit=10&Offset=0";
  get.set("Host", "emr.tencentcloudapi.com");
  get.set("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(verify(get), "");
}

TEST_F(Published, Version1OfVectors12_3And12_4) {
  clock.step_wall(std::chrono::milliseconds(1465185768000 - clock.wall().ms));
  RawRequest get;
  get.method = "GET";
  get.set("Host", "cvm.tencentcloudapi.com");
  const std::string rest =
      "&Timestamp=1465185768&Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce="
      "11886&Offset=0&Region=ap-guangzhou&"
      "Version=2017-03-12&";
  get.query = "SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE" + rest +
              "Signature=EliP9YW3pW28FpsEdkXt%2F%2BWcGeI%3D";
  EXPECT_EQ(verify(get), "");
  get.query = "SecretId=" + stars + rest + "Signature=7RAM2xfNMO9EiVTNmPg06MRnCvQ%3D";
  EXPECT_EQ(verify(get), "");
  get.query += "&Limit2=1";
  EXPECT_EQ(verify(get), "AuthFailure.SignatureFailure");

  RawRequest post;
  post.set("Host", "emr.tencentcloudapi.com");
  post.set("Content-Type", "application/x-www-form-urlencoded");
  post.body =
      "Action=TerminateInstance&InstanceId=emr-4slr7ad7&Nonce=11886&Region=ap-guangzhou&SecretId=" +
      stars +
      "&SignatureMethod=HmacSHA256&Timestamp=1465185768&Version=2019-01-03&Signature=H%"
      "2BPUodGCbj98FNoxHPh6qgG4wkunG1OXmMLTlF8f6KQ%3D";
  EXPECT_EQ(verify(post), "");
}

TEST_F(Published, ReplacingASecretEndsTheKeyDerivedFromIt) {
  RawRequest raw = tc3(stars,
                       "emr",
                       "content-type;host",
                       "4b1ac8eab51edbf01cf8d826e7c16c34eb307901fbf02ee2d80ccc9df3a93954");
  raw.set("Host", "emr.tencentcloudapi.com");
  raw.set("Content-Type", "application/json");
  raw.body = R"({"InstanceId":"emr-4slr7ad7"})";
  ASSERT_EQ(verify(raw), "");
  add_key(stars, "another secret");
  EXPECT_EQ(verify(raw), "AuthFailure.SignatureFailure");
}

// ---- what real clients do (docs/reference/clients.md)

class Clients : public ::testing::Test {
 protected:
  // Signs for another host, service or content type than the headers show.
  RawRequest signed_as(std::string_view host,
                       std::string_view service,
                       std::string_view type = "application/json") {
    RawRequest request = world.signed_request("DescribeInstances", kDescribe);
    const Tc3Headers made = sign_tc3({world.key.secret_id, world.key.secret_key},
                                     {.host = host,
                                      .content_type = type,
                                      .body = request.body,
                                      .service = service,
                                      .now = world.clock.wall()});
    request.set("Authorization", made.authorization);
    return request;
  }
  ApiWorld world;
};

TEST_F(Clients, NodeSignsTheHostWithoutItsPortAndTheFirstLabelAsService) {
  EXPECT_EQ(world.send(signed_as("127.0.0.1", "127")).code, "");
  EXPECT_EQ(world.send(signed_as("127.0.0.1", "localhost:8080")).code, "");
  EXPECT_EQ(world.send(signed_as("127.0.0", "emr")).code, "AuthFailure.SignatureFailure");
}

TEST_F(Clients, TccliSendsAUrlAsHost) {
  for (const std::string host : {"http://127.0.0.1:8080", "http://127.0.0.1:8080/"}) {
    RawRequest request = signed_as(host, "emr");
    request.set("Host", host);
    EXPECT_EQ(world.send(request).code, "") << host;
  }
}

TEST_F(Clients, HeaderNamesComeInAnyCase) {
  RawRequest request = world.signed_request("DescribeInstances", kDescribe);
  for (auto& [name, value] : request.headers) {
    if (name == "X-TC-Action") name = "X-Tc-Action";
    if (name == "Content-Type") name = "content-type";
  }
  EXPECT_EQ(world.send(request).code, "");
}

TEST_F(Clients, PathAndLanguagePlayNoPart) {
  RawRequest request = world.signed_request("DescribeInstances", kDescribe);
  request.path = "/api/v1";
  request.set("X-TC-Language", "");
  request.set("X-TC-RequestClient", "Terraform-latest");
  EXPECT_EQ(world.send(request).code, "");
}

TEST_F(Clients, ASignatureIsRefusedWhenAnySignedPartDiffers) {
  RawRequest request = world.signed_request("DescribeInstances", kDescribe);
  request.set("Host", "127.0.0.2:8080");
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureFailure");
  request = world.signed_request("DescribeInstances", kDescribe);
  request.body += " ";
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureFailure");
  request = world.signed_request("DescribeInstances", kDescribe);
  request.set("Content-Type", "application/json; charset=utf-8");
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureFailure");
  request = world.signed_request("DescribeInstances", kDescribe);
  request.headers.back().second = std::to_string(world.clock.wall().ms / 1000 + 1);
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureFailure");
}

TEST_F(Clients, TheTimestampMayBeFiveMinutesOffAndNoMore) {
  RawRequest request = world.signed_request("DescribeInstances", kDescribe);
  world.clock.step_wall(std::chrono::seconds(300));
  EXPECT_EQ(world.send(request).code, "");
  world.clock.step_wall(std::chrono::seconds(1));
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureExpire");
  request = world.signed_request("DescribeInstances", kDescribe);
  world.clock.step_wall(std::chrono::seconds(-301));
  EXPECT_EQ(world.send(request).code, "AuthFailure.SignatureExpire");
  for (const std::string bad : {"x", "-1", "99999999999999999999", "9223372036854775807", ""}) {
    request.set("X-TC-Timestamp", bad);
    EXPECT_NE(world.send(request).code, "") << bad;
  }
}

TEST_F(Clients, UnknownAndDisabledKeysAndTokensAreTold) {
  RawRequest request = world.signed_request("DescribeInstances", kDescribe);
  request.set("X-TC-Token", "token");
  EXPECT_EQ(world.send(request).code, "AuthFailure.TokenFailure");
  store::AccessKey row = *world.model.access_key(world.key.secret_id);
  row.set_disabled(true);
  Change change;
  change.put(std::move(row));
  world.journal.commit(std::move(change));
  EXPECT_EQ(world.call("DescribeInstances", kDescribe).code, "AuthFailure.SecretIdNotFound");
}

TEST_F(Clients, AHeaderThatDoesNotParseIsRefusedWithItsOwnCode) {
  const std::string good =
      "TC3-HMAC-SHA256 Credential=a/2026-01-01/emr/tc3_request, SignedHeaders=content-type;host, "
      "Signature=" +
      std::string(64, '0');
  EXPECT_TRUE(parse_authorization(good).ok());
  for (const std::string& bad : std::vector<std::string>{
           "SKIP",
           "",
           "TC3-HMAC-SHA256",
           "TC3-HMAC-SHA256 ",
           "TC3-HMAC-SHA256 Credential=a/b/c",
           "Basic abc",
           good + ", X=1",
           good + ", Signature=" + std::string(64, '0'),
           good.substr(0, good.size() - 1),
           good + "0",
           "TC3-HMAC-SHA256 Credential=/d/s/tc3_request, SignedHeaders=content-type;host, "
           "Signature=" +
               std::string(64, '0'),
           "TC3-HMAC-SHA256 Credential=a/d/s/tc3_request, SignedHeaders=host, Signature=" +
               std::string(64, '0'),
           "TC3-HMAC-SHA256 Credential=a/d/s/tc3_request, SignedHeaders=Content-Type;host, "
           "Signature=" +
               std::string(64, '0'),
           "TC3-HMAC-SHA256 Credential=a/d/s/tc3_request, SignedHeaders=content-type;;host, "
           "Signature=" +
               std::string(64, '0'),
           "TC3-HMAC-SHA256 Credential=a/d/s/tc3_request, SignedHeaders=content-type;host, "
           "Signature=" +
               std::string(64, 'G')}) {
    RawRequest request = world.signed_request("DescribeInstances", kDescribe);
    request.set("Authorization", bad);
    EXPECT_EQ(world.send(request).code, "AuthFailure.InvalidAuthorization") << bad;
  }
}

}  // namespace
}  // namespace tusker::api
