#include "cli/table.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/json_text.h"

namespace tusker::cli {
namespace {

TEST(Table, LinesUpColumnsByWhatATerminalShows) {
  Table table({"NAME", "STATUS"});
  table.add_row({"wordcount", "running"});
  table.add_row({"集群", ""});
  EXPECT_EQ(table.render(),
            "NAME       STATUS\n"
            "wordcount  running\n"
            "集群       -\n");
}

TEST(Table, LetsNoEscapeSequenceThrough) {
  Table table({"NAME"});
  table.add_row({"\033[31mred"});
  EXPECT_EQ(table.render(), "NAME\n?[31mred\n");
}

TEST(RenderFacts, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(render_facts({{"id", "emr-1"}, {"exit code", ""}, {"state", "done"}}),
            "id     emr-1\nstate  done\n");
}

TEST(PrettyJson, IndentsAndKeepsTheOrderOfKeys) {
  const boost::json::value value = boost::json::parse(R"({"b":[1,{"a":null}],"a":{},"c":"x\n"})");
  EXPECT_EQ(pretty_json(value),
            "{\n  \"b\": [\n    1,\n    {\n      \"a\": null\n    }\n  ],\n  \"a\": {},\n  \"c\": "
            "\"x\\n\"\n}\n");
}

TEST(ParseJson, SaysWhichTextIsWrong) {
  const auto parsed = parse_json("{", "parameters of DescribeHosts");
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(parsed.error().message().starts_with("parameters of DescribeHosts: expected JSON"));
}

TEST(ReadingAnswers, TakesAFieldOfAnotherTypeForAbsent) {
  const boost::json::object object =
      boost::json::parse(R"({"n": "text", "t": 5, "a": {}})").as_object();
  EXPECT_EQ(integer_at(object, "n"), 0);
  EXPECT_EQ(text_at(object, "t"), "5");
  EXPECT_TRUE(array_at(object, "a").empty());
  EXPECT_FALSE(flag_at(object, "missing"));
}

}  // namespace
}  // namespace tusker::cli
