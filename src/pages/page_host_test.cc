#include "pages/page_host.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

TEST(PageHost, NamesAPageByPortNodeAndCluster) {
  const auto page = parse_page_host("4008-master-1.emr-ab12cd34.localhost:7480");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->cluster_id, "emr-ab12cd34");
  EXPECT_EQ(page->node, "master-1");
  EXPECT_EQ(page->port, 4008);
  EXPECT_EQ(page->own_port, ":7480");
  EXPECT_EQ(page_hostname(page->cluster_id, page->node, page->port) + page->own_port,
            "4008-master-1.emr-ab12cd34.localhost:7480");
}

TEST(PageHost, NamesTheFrontPageByTheClusterAlone) {
  const auto page = parse_page_host("EMR-AB12CD34.LocalHost");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->is_front());
  EXPECT_EQ(page->own_port, "");
  EXPECT_EQ(front_hostname(page->cluster_id), "emr-ab12cd34.localhost");
}

TEST(PageHost, LeavesEveryOtherHostToTheApi) {
  for (const char* host : {"",
                           "localhost",
                           "localhost:7480",
                           "127.0.0.1:7480",
                           "emr-ab12cd34",
                           "emr-ab12cd34.localhost.",
                           "emr-ab12cd34.localhost.example.org",
                           "emr-ab12cd34.localhost:",
                           "emr-ab12cd34.localhost:0",
                           "emr-ab12cd34.localhost:99999",
                           "emr-ab12cd3.localhost",
                           "emr-ab12cd34x.localhost",
                           "4008-master-1-emr-ab12cd34.localhost",
                           "04008-master-1.emr-ab12cd34.localhost",
                           "70000-master-1.emr-ab12cd34.localhost",
                           "-master-1.emr-ab12cd34.localhost",
                           "4008-.emr-ab12cd34.localhost",
                           "4008-master_1.emr-ab12cd34.localhost",
                           "a.4008-master-1.emr-ab12cd34.localhost",
                           "master-1.emr-ab12cd34.localhost"}) {
    EXPECT_FALSE(parse_page_host(host)) << host;
  }
}

}  // namespace
}  // namespace tusker
