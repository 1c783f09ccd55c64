#include "api/decoder.h"

#include <gtest/gtest.h>

#include "api/arena.h"
#include "api/form_reader.h"
#include "api/generated/schemas.h"
#include "api/generated/types.h"
#include "api/json_reader.h"

namespace tusker::api {
namespace {

// The code and message of what the decoder says; empty when it is content.
template <typename T>
std::string decode_json(const ObjectSchema& schema, std::string_view json, T& into) {
  Arena arena;
  const auto value = read_json(json, arena);
  if (!value.ok()) return "JSON: " + value.error().message();
  const Status status = decode(schema, **value, &into);
  return status.ok() ? ""
                     : std::string(status.error().api_code()) + ": " + status.error().message();
}

std::string describe(std::string_view json) {
  DescribeInstancesRequest request;
  return decode_json(schema::kDescribeInstancesRequest, json, request);
}

TEST(Decoder, FillsScalarsListsAndObjects) {
  CreateInstanceRequest request;
  const std::string error =
      decode_json(schema::kCreateInstanceRequest,
                  R"({"ProductId":500,"Software":[" hdfs-3.5.0\n"],"SupportHA":0,
      "InstanceName":"wordcount","PayMode":0,"TimeSpan":3600,"TimeUnit":"s","LoginSettings":{"Password":"x"},"MultiZone":false,
      "Tags":[{"TagKey":"a"},{"TagKey":"b","TagValue":"c"}],"ResourceSpec":{"CoreCount":2,"CoreResourceSpec":{"Spec":"CVM.S6",
      "StorageType":5,"DiskType":"CLOUD_SSD","MemSize":2048,"Cpu":1,"DiskSize":8}}})",
                  request);
  ASSERT_EQ(error, "");
  EXPECT_EQ(request.product_id, 500U);
  EXPECT_EQ(request.software, std::vector<std::string>{"hdfs-3.5.0"});
  EXPECT_EQ(request.login_settings.password, "x");
  EXPECT_EQ(request.multi_zone, false);
  ASSERT_EQ(request.tags.size(), 2U);
  EXPECT_EQ(request.tags[1].tag_value, "c");
  EXPECT_EQ(request.resource_spec->core_count, 2);
  EXPECT_EQ(request.resource_spec->core_resource_spec->mem_size, 2048);
  EXPECT_FALSE(request.resource_spec->master_resource_spec);
  EXPECT_FALSE(request.placement);
}

TEST(Decoder, TakesNullForAbsentAndDecimalTextForAnInteger) {
  DescribeInstancesRequest request;
  EXPECT_EQ(
      decode_json(
          schema::kDescribeInstancesRequest,
          R"({"DisplayStrategy":"clusterList","Offset":null,"Limit":"10","ProjectId":" -1 ","InstanceIds":null})",
          request),
      "");
  EXPECT_FALSE(request.offset);
  EXPECT_EQ(request.limit, 10U);
  EXPECT_EQ(request.project_id, -1);
}

TEST(Decoder, ReadsTheSameFromAForm) {
  Arena arena;
  DescribeInstancesRequest request;
  const auto parameters =
      *read_parameters("DisplayStrategy=clusterList&InstanceIds.0=a&InstanceIds.1=b&Asc=1", arena);
  ASSERT_TRUE(
      decode(schema::kDescribeInstancesRequest, **build_object(parameters, arena), &request).ok());
  EXPECT_EQ(request.instance_ids, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(request.asc, 1);
}

TEST(Decoder, NamesUnknownParametersAndWhatWasMeant) {
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","Ofset":1})"),
            "UnknownParameter: Ofset is no parameter of this action; did you mean \"Offset\"?");
  EXPECT_EQ(describe("{\"DisplayStrategy\":\"clusterList\",\"" + std::string(5000, 'x') + "\":1}")
                    .size() < 300,
            true);
}

TEST(Decoder, NamesWhatIsMissing) {
  EXPECT_EQ(describe("{}"), "MissingParameter: DisplayStrategy is required: a string");
  EXPECT_EQ(describe(R"({"DisplayStrategy":null})"),
            "MissingParameter: DisplayStrategy is required: a string");
}

TEST(Decoder, RefusesAParameterGivenTwice) {
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","DisplayStrategy":"clusterList"})"),
            "InvalidParameter: DisplayStrategy is given twice; give it once");
}

TEST(Decoder, NamesPathFoundAndExpectedOfAWrongType) {
  EXPECT_EQ(describe(R"({"DisplayStrategy":7})"),
            "InvalidParameter: DisplayStrategy is 7; expected a string");
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","InstanceIds":"a"})"),
            "InvalidParameter: InstanceIds is \"a\"; expected a list");
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","InstanceIds":["a",{}]})"),
            "InvalidParameter: InstanceIds.1 is an object; expected a string");
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","Limit":-1})"),
            "InvalidParameter: Limit is -1; expected an integer of 0 or more");
  for (const std::string_view number : {"1.5",
                                        "1e1",
                                        "18446744073709551616",
                                        "\"1x\"",
                                        "\"\"",
                                        "true",
                                        "[]",
                                        "\"0x10\"",
                                        "\"+1\""}) {
    EXPECT_TRUE(describe(fmt::format(R"({{"DisplayStrategy":"clusterList","Limit":{}}})", number))
                    .starts_with("InvalidParameter: Limit"))
        << number;
  }
}

TEST(Decoder, ChecksWordsAndAnswersTheActionsOwnCode) {
  EXPECT_EQ(describe(R"({"DisplayStrategy":"all"})"),
            "InvalidParameter.DisplayStrategyNotMatch: DisplayStrategy is \"all\"; expected one of "
            "clusterList, monitorManage, "
            "cloudHardwareManage, componentManage");
  EXPECT_EQ(describe(R"({"DisplayStrategy":"clusterList","Asc":2})"),
            "InvalidParameterValue: Asc is 2; expected one of 0, 1");
}

TEST(Decoder, IgnoresCaseWhereClientsDo) {
  DescribeInstancesRequest request;
  EXPECT_EQ(decode_json(schema::kDescribeInstancesRequest,
                        R"({"DisplayStrategy":"clusterList","OrderField":"clusterid"})",
                        request),
            "");
  EXPECT_EQ(request.order_field, "clusterId");
}

TEST(Decoder, CapsWhatTheServiceCaps) {
  DescribeInstancesRequest request;
  EXPECT_EQ(decode_json(schema::kDescribeInstancesRequest,
                        R"({"DisplayStrategy":"clusterList","Limit":100000})",
                        request),
            "");
  EXPECT_EQ(request.limit, 100U);
}

TEST(Decoder, MeasuresTextsInCharacters) {
  const auto create = [](std::string_view name) {
    CreateInstanceRequest request;
    return decode_json(
        schema::kCreateInstanceRequest, fmt::format(R"({{"InstanceName":"{}"}})", name), request);
  };
  EXPECT_TRUE(
      create("five5").starts_with("InvalidParameter.InvalidInstanceName: InstanceName is "
                                  "\"five5\", 5 characters; expected 6 to 36"));
  EXPECT_TRUE(create(std::string(37, 'a')).starts_with("InvalidParameter.InvalidInstanceName"));
  EXPECT_TRUE(create("\xe6\x9c\xaa\xe6\x9c\xaa\xe6\x9c\xaa\xe6\x9c\xaa\xe6\x9c\xaa\xe6\x9c\xaa")
                  .starts_with("MissingParameter"));
}

TEST(Decoder, BoundsListsEvenWhereTheCatalogueDoesNot) {
  std::string ids;
  for (int i = 0; i < 1001; ++i) ids += "\"a\",";
  EXPECT_TRUE(
      describe("{\"DisplayStrategy\":\"clusterList\",\"InstanceIds\":[" + ids + "\"a\"]}")
          .starts_with(
              "InvalidParameterValue: InstanceIds has 1002 entries; expected at most 1000"));
}

}  // namespace
}  // namespace tusker::api
