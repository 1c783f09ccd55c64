#include "api/sign.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace tusker::api {
namespace {

// The published page prints its key as asterisks; taken literally they reproduce its numbers
// (docs/reference/wire-protocol.md 12).
const std::string kStarId = "AKID" + std::string(32, '*');
const std::string kStarKey(32, '*');
constexpr std::string_view kExampleKey = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
constexpr std::string_view kCvmBody =
    R"({"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]})";
constexpr std::string_view kTime = "1551113065";
constexpr std::string_view kDate = "2019-02-25";

std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string_view bytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

TEST(Sign, DerivesThePublishedKeysStepByStep) {
  const Sha256Digest day = HmacKey("TC3" + kStarKey).sign(kDate);
  EXPECT_EQ(hex(bytes(day)), "da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0");
  const Sha256Digest service = HmacKey(bytes(day)).sign("cvm");
  EXPECT_EQ(hex(bytes(service)),
            "8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f");
  const Sha256Digest signing = HmacKey(bytes(service)).sign("tc3_request");
  EXPECT_EQ(hex(bytes(signing)),
            "b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af");
}

TEST(Sign, ReproducesThePublishedPostOfVector12_1) {
  EXPECT_EQ(sha256_hex(kCvmBody),
            "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064");
  const HmacKey key = derive_tc3_key(kStarKey, kDate, "cvm");
  const Tc3Canonical canonical{
      "POST",
      "",
      "content-type:application/json; charset=utf-8\nhost:cvm.tencentcloudapi.com\n"
      "x-tc-action:describeinstances\n",
      "content-type;host;x-tc-action",
      "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"};
  EXPECT_EQ(tc3_signature(key, canonical, kTime, kDate, "cvm"),
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f");
}

TEST(Sign, ReproducesTheOlderPageOfVector12_2) {
  const Tc3Headers headers =
      sign_tc3({"AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", std::string(kExampleKey)},
               {.host = "cvm.tencentcloudapi.com",
                .content_type = "application/json; charset=utf-8",
                .body = kCvmBody,
                .service = "cvm",
                .now = WallTime{1551113065000}});
  EXPECT_EQ(headers.timestamp, kTime);
  EXPECT_EQ(
      headers.authorization,
      "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
      "SignedHeaders=content-type;host, "
      "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
}

TEST(Sign, ReproducesVersion1OfVector12_3WithBothKeys) {
  const auto source = [](std::string_view id) {
    return fmt::format(
        "GETcvm.tencentcloudapi.com/"
        "?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&"
        "Offset=0&Region=ap-guangzhou&SecretId={}&Timestamp=1465185768&Version=2017-03-12",
        id);
  };
  EXPECT_EQ(
      v1_signature(V1Method::HmacSha1, kExampleKey, source("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE")),
      "EliP9YW3pW28FpsEdkXt/+WcGeI=");
  EXPECT_EQ(v1_signature(V1Method::HmacSha1, kStarKey, source(kStarId)),
            "7RAM2xfNMO9EiVTNmPg06MRnCvQ=");
}

TEST(Sign, ReproducesTheEmrPostOfVector12_4) {
  const Tc3Headers headers = sign_tc3({kStarId, kStarKey},
                                      {.host = "emr.tencentcloudapi.com",
                                       .body = R"({"InstanceId":"emr-4slr7ad7"})",
                                       .now = WallTime{1551113065000}});
  EXPECT_TRUE(headers.authorization.ends_with(
      "4b1ac8eab51edbf01cf8d826e7c16c34eb307901fbf02ee2d80ccc9df3a93954"))
      << headers.authorization;
}

TEST(Sign, ReproducesTheUnsignedPayloadOfVector12_4) {
  EXPECT_EQ(sha256_hex("UNSIGNED-PAYLOAD"), kUnsignedPayloadDigest);
  const HmacKey key = derive_tc3_key(kStarKey, kDate, "emr");
  const Tc3Canonical canonical{"POST",
                               "",
                               "content-type:application/json\nhost:emr.tencentcloudapi.com\n",
                               "content-type;host",
                               kUnsignedPayloadDigest};
  EXPECT_EQ(tc3_signature(key, canonical, kTime, kDate, "emr"),
            "7a7fff5d1ad38c0f410ab5ba8ee0825f338af2298361d21370209cfd7e0bbd2d");
}

TEST(Sign, ReproducesTheGetOfVector12_4) {
  const Tc3Headers headers =
      sign_tc3({kStarId, kStarKey},
               {.method = "GET",
                .host = "emr.tencentcloudapi.com",
                .content_type = "application/x-www-form-urlencoded",
                .query = "DisplayStrategy=clusterList&InstanceIds.0=emr-p9f700x8&Limit=10&Offset=0",
                .now = WallTime{1551113065000}});
  EXPECT_TRUE(headers.authorization.ends_with(
      "0e20a58146332dac94da4f506728853b393f4fd134754174adadbeb2d585cc9a"))
      << headers.authorization;
}

TEST(Sign, ReproducesVersion1WithSha256OfVector12_4) {
  const std::string source = fmt::format(
      "POSTemr.tencentcloudapi.com/"
      "?Action=TerminateInstance&InstanceId=emr-4slr7ad7&Nonce=11886&Region=ap-guangzhou&"
      "SecretId={}&SignatureMethod=HmacSHA256&Timestamp=1465185768&Version=2019-01-03",
      kStarId);
  EXPECT_EQ(v1_signature(V1Method::HmacSha256, kStarKey, source),
            "H+PUodGCbj98FNoxHPh6qgG4wkunG1OXmMLTlF8f6KQ=");
}

TEST(Sign, HashesAKeyThatIsLongerThanABlock) {
  // RFC 4231, test case 6.
  const HmacKey key(std::string(131, '\xaa'));
  EXPECT_EQ(hex(bytes(key.sign("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Sign, TakesTheDayOfATimeInUtc) {
  EXPECT_EQ(utc_date(1551139199), "2019-02-25");
  EXPECT_EQ(utc_date(1551139200), "2019-02-26");
}

}  // namespace
}  // namespace tusker::api
