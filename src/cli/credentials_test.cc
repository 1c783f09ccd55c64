#include "cli/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker::cli {
namespace {

class Credentials : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(ensure_directory(folder_.path() + "/server", 0700).ok());
    write("endpoint", "127.0.0.1:7480\n127.0.0.1:41000\n");
    write("root-key.json", R"({"SecretId": "AKID1", "SecretKey": "s3cret"})");
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomic(folder_.path() + "/server/" + name, text, 0600).ok());
  }
  TemporaryFolder folder_;
};

TEST_F(Credentials, ComeFromTheDataFolderWhenTheEnvironmentIsSilent) {
  const Result<Access> access = find_access({}, folder_.path());
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_EQ(access->endpoint(), "http://127.0.0.1:7480");
  EXPECT_EQ(access->secret_id, "AKID1");
  EXPECT_EQ(access->secret_key, "s3cret");
}

TEST_F(Credentials, OfTheEnvironmentWin) {
  const Result<Access> access = find_access({{"TUSKER_ENDPOINT", "http://10.0.0.5:80/"},
                                             {"TUSKER_SECRET_ID", "other"},
                                             {"TUSKER_SECRET_KEY", "key"},
                                             {"TUSKER_REGION", "eu-frankfurt"}},
                                            folder_.path());
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_EQ(access->endpoint(), "http://10.0.0.5:80");
  EXPECT_EQ(access->secret_id, "other");
  EXPECT_EQ(access->region, "eu-frankfurt");
}

// Otherwise anybody who sets one variable is sent a signature of this machine's root key.
TEST_F(Credentials, OfThisMachineAreNotUsedForAnotherServer) {
  const Result<Access> access =
      find_access({{"TUSKER_ENDPOINT", "http://10.0.0.5:80"}}, folder_.path());
  ASSERT_FALSE(access.ok());
  EXPECT_NE(access.error().message().find("TUSKER_SECRET_ID"), std::string::npos);
}

TEST_F(Credentials, AreRefusedByHalves) {
  EXPECT_FALSE(find_access({{"TUSKER_SECRET_ID", "x"}}, folder_.path()).ok());
}

TEST(MissingInstallation, IsSaidWithTheCommandThatMakesOne) {
  const Result<Access> access = find_access({}, "/nonexistent");
  ASSERT_FALSE(access.ok());
  EXPECT_EQ(access.error().code(), ErrorCode::Unavailable);
  EXPECT_NE(access.error().message().find("tusker up"), std::string::npos);
}

TEST(ParseEndpoint, TakesTheFormsThatPeopleWriteAndNoOthers) {
  Access access;
  EXPECT_TRUE(parse_endpoint("localhost:80", access).ok());
  EXPECT_TRUE(parse_endpoint("http://[::1]:7480/", access).ok());
  EXPECT_EQ(access.host, "::1");
  EXPECT_EQ(access.endpoint(), "http://[::1]:7480");
  for (const char* wrong :
       {"", "localhost", "http://:80", "a:b", "a:0", "a:65536", "::1:80", "a/b:80", "u@h:80"}) {
    EXPECT_FALSE(parse_endpoint(wrong, access).ok()) << wrong;
  }
}

}  // namespace
}  // namespace tusker::cli
