#include "server/exposition.h"

#include <gtest/gtest.h>

namespace tusker::server {
namespace {

TEST(Exposition, WritesFamiliesWithTheirSamplesAndNoOthers) {
  Exposition out;
  out.family("a_total", "counter", "What is\ncounted \\ here.");
  out.sample({}, 1234567890123.0);
  out.sample({{"name", "x\"y\\z\n"}, {"b", ""}}, 0.5);
  out.family("empty", "gauge", "Nothing.");
  out.family("c", "gauge", "Last.");
  out.sample({}, 0);
  EXPECT_EQ(out.text(),
            "# HELP a_total What is\\ncounted \\\\ here.\n"
            "# TYPE a_total counter\n"
            "a_total 1234567890123\n"
            "a_total{name=\"x\\\"y\\\\z\\n\",b=\"\"} 0.5\n"
            "# HELP c Last.\n"
            "# TYPE c gauge\n"
            "c 0\n");
}

}  // namespace
}  // namespace tusker::server
