#include "plan/custom_configuration.h"

#include <gtest/gtest.h>

#include "plan/explain.h"
#include "plan/testing/plan_fixture.h"

namespace tusker {
namespace {

google::protobuf::RepeatedPtrField<store::Component> components() {
  google::protobuf::RepeatedPtrField<store::Component> out;
  for (const char* name : {"hdfs", "yarn"}) {
    store::Component& component = *out.Add();
    component.set_name(name);
    component.set_version("3.5.0");
  }
  return out;
}

Result<CustomConfiguration> parse(std::string_view text) {
  return parse_custom_configuration(testing::definitions(), components(), text);
}

std::string item(const std::string& service,
                 const std::string& file,
                 const std::string& properties) {
  return R"([{"serviceName": ")" + service + R"(", "classification": ")" + file +
         R"(", "serviceVersion": "3.5.0", "properties": )" + properties + "}]";
}

void expect_refused(std::string_view text, std::string_view code, std::string_view words) {
  const auto parsed = parse(text);
  ASSERT_FALSE(parsed.ok()) << text;
  EXPECT_EQ(parsed.error().api_code(), code) << parsed.error().message();
  EXPECT_NE(parsed.error().message().find(words), std::string::npos) << parsed.error().message();
}

constexpr std::string_view kField = "InvalidParameter.InvalidExtendField";

TEST(CustomConfiguration, IsReadByFileAndKey) {
  const auto parsed = parse(item(
      "HDFS", "hdfs-site.xml", R"({"dfs.replication": "1", "my.own.key": 7, "my.flag": true})"));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  const std::map<std::string, std::string> wanted = {
      {"dfs.replication", "1"}, {"my.own.key", "7"}, {"my.flag", "true"}};
  EXPECT_EQ(parsed->properties.at("hdfs-site.xml"), wanted);
  EXPECT_TRUE(parse(" \n")->properties.empty());
}

TEST(CustomConfiguration, CoversSizingInRenderedFilesAndIsExplained) {
  CreateRequest asked = testing::request("TK.SMALL1", "TK.SMALL1");
  asked.custom_configuration =
      item("HDFS", "hdfs-site.xml", R"({"dfs.replication": "1", "my.<key>": "x"})");
  EXPECT_FALSE(testing::plan(testing::one_host(), asked).ok());  // no such name can be a key
  asked.custom_configuration =
      item("HDFS", "hdfs-site.xml", R"({"dfs.replication": "1", "my.key": "a<b & \"c\""})");
  const auto plan = testing::plan(testing::one_host(), asked);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_EQ(testing::value(*plan, "core-1", "hdfs-site.xml", "dfs.replication"), "1");
  EXPECT_EQ(testing::value(*plan, "core-1", "hdfs-site.xml", "my.key"), "a<b & \"c\"");
  const auto why = explain(
      testing::definitions(), plan->cluster, plan->nodes, plan->nodes[1], "dfs.replication");
  ASSERT_TRUE(why.ok());
  EXPECT_EQ(why->layer, "cluster");
  EXPECT_EQ(why->formula, "core_nodes >= 4 ? 3 : min(2, core_nodes)");
  EXPECT_EQ(why->inputs, "core_nodes=2");
  EXPECT_EQ(why->covered, std::vector<std::string>{"sizing 2"});
}

TEST(CustomConfiguration, ReplacesSchedulerFilesWhole) {
  const auto parsed = parse(item("YARN",
                                 "capacity-scheduler.xml",
                                 R"({"content": "<configuration><property/></configuration>"})"));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_EQ(parsed->whole_files.at("capacity-scheduler.xml"),
            "<configuration><property/></configuration>");
  expect_refused(
      item("YARN", "capacity-scheduler.xml", R"({"yarn.x": "1"})"), kField, "replaced whole");
  expect_refused(item("YARN", "capacity-scheduler.xml", R"({"content": "<configuration>"})"),
                 kField,
                 "is not XML");
  expect_refused(item("YARN", "fair-scheduler.xml", R"({"content": "<configuration/>"})"),
                 kField,
                 "wanted <allocations>");
}

TEST(CustomConfiguration, IsRefusedWithTheDocumentedCodes) {
  expect_refused("{", kField, "not JSON");
  expect_refused("{}", kField, "no array");
  expect_refused("[1]", kField, "CustomConf[0] is no object");
  expect_refused(R"([{"servicename": "HDFS"}])", kField, "did you mean \"serviceName\"?");
  expect_refused(item("HIVE", "hive-site.xml", "{}"), kField, "this cluster has HDFS, YARN");
  expect_refused(item("hdfs", "hdfs-site.xml", "{}"), kField, "this cluster has HDFS, YARN");
  expect_refused(item("HDFS", "yarn-site.xml", "{}"),
                 "InvalidParameter.InvalidClassification",
                 "core-site.xml, hdfs-site.xml, log4j.properties");
  expect_refused(
      item("HDFS", "../../etc/passwd", "{}"), "InvalidParameter.InvalidClassification", "not open");
  expect_refused(item("HDFS", "hadoop-env.sh", R"({"A": "b"})"),
                 "InvalidParameter.InvalidClassification",
                 "without shell scripts");
  expect_refused(item("HDFS", "hdfs-site.xml", R"({"newNameServiceName": "x"})"),
                 "InvalidParameter.InvalidExtendNameService",
                 "high availability");
  expect_refused(item("HDFS", "hdfs-site.xml", R"({"dfs.replication": "many"})"),
                 kField,
                 "wanted a whole number from 1 to 10");
  expect_refused(
      item("HDFS", "hdfs-site.xml", R"({"dfs.replication": "11"})"), kField, "from 1 to 10");
  expect_refused(item("HDFS", "core-site.xml", R"({"fs.defaultFS": "hdfs://other"})"),
                 kField,
                 "decided by the plan");
  expect_refused(item("HDFS", "hdfs-site.xml", R"({"a b": "1"})"), kField, "no name of a setting");
  expect_refused(item("HDFS", "hdfs-site.xml", R"({"a": "\u0001"})"), kField, "control character");
  expect_refused(
      item("HDFS", "hdfs-site.xml", R"({"a": [1]})"), kField, "no text, number or truth value");
  expect_refused(
      R"([{"serviceName": "HDFS", "classification": "hdfs-site.xml", "serviceVersion": "2.8.4", "properties": {}}])",
      kField,
      "HDFS is 3.5.0");
  expect_refused(std::string(300000, ' ') + "[]", kField, "at most 262144");
  expect_refused(std::string(100, '['), kField, "not JSON");
}

}  // namespace
}  // namespace tusker
