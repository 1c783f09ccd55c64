#include "server/endpoint_file.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker::server {
namespace {

TEST(EndpointFile, ReadsNumericAddressesOnly) {
  EXPECT_EQ(to_text(*parse_address_port("127.0.0.1:7480")), "127.0.0.1:7480");
  EXPECT_EQ(to_text(*parse_address_port("[::1]:0")), "[::1]:0");
  for (const char* bad :
       {"", "127.0.0.1", "localhost:1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", ":80"}) {
    EXPECT_FALSE(parse_address_port(bad).ok()) << bad;
  }
}

TEST(EndpointFile, AsksAgainForThePortOfTheLastStart) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/endpoint";
  ASSERT_TRUE(write_endpoint_file(path, {"127.0.0.1", 1}, {"127.0.0.1", 40123}).ok());
  EXPECT_EQ(keep_chosen_port(path, {"127.0.0.1", 0}).port, 40123);
  EXPECT_EQ(keep_chosen_port(path, {"127.0.0.1", 5}).port, 5)
      << "a port that was asked for is the one";
  EXPECT_EQ(keep_chosen_port(path, {"10.0.0.1", 0}).port, 0)
      << "another address was never promised to anybody";
  ASSERT_TRUE(write_file_atomic(path, "rubbish", 0600).ok());
  EXPECT_EQ(keep_chosen_port(path, {"127.0.0.1", 0}).port, 0);
}

}  // namespace
}  // namespace tusker::server
