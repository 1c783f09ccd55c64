#include "agent/join.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

// Nothing listens at the server's address. Who would ask it would ask first whether the join is
// cancelled.
class JoinTest : public testing::Test {
 protected:
  std::string file() const { return folder_ + "/token"; }
  Error error_of_join(const std::string& server = "127.0.0.1:1") {
    const Result<AgentIdentity> joined = join_installation(server, file(), "host-a", [this] {
      asked_ = true;
      return true;
    });
    return joined.ok() ? Error(ErrorCode::Internal, "it joined") : joined.error();
  }
  Error error_of_token(const std::string& token) {
    EXPECT_TRUE(write_file_atomic(file(), token, 0600).ok());
    return error_of_join();
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  bool asked_ = false;
};

const std::string kFingerprint(64, 'a');

TEST_F(JoinTest, RefusesATokenThatIsNoneBeforeAnybodyIsAsked) {
  for (const std::string& token : {std::string(),
                                   std::string("\n"),
                                   std::string("tkj1."),
                                   "tkj2." + kFingerprint + ".secret",
                                   "tkj1." + kFingerprint,
                                   "tkj1." + kFingerprint + ".",
                                   "tkj1." + kFingerprint + "asecret",
                                   "tkj1." + kFingerprint.substr(1) + ".secret",
                                   " tkj1." + kFingerprint + ".secret",
                                   std::string("-----BEGIN CERTIFICATE-----"),
                                   std::string(4096, 'x')}) {
    const Error error = error_of_token(token);
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << token << ": " << error.message();
    EXPECT_NE(error.message().find(file()), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("secret"), std::string::npos) << error.message();
    EXPECT_FALSE(asked_) << token;
  }
}

TEST_F(JoinTest, RefusesATokenOfNoFingerprintBeforeAnybodyIsAsked) {
  EXPECT_EQ(error_of_token("tkj1." + std::string(64, 'z') + ".secret").code(),
            ErrorCode::InvalidArgument);
  EXPECT_FALSE(asked_);
}

TEST_F(JoinTest, RefusesAFileThatIsNotThereOrHoldsSomethingElse) {
  EXPECT_EQ(error_of_join().code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of_token(std::string(4097, 'x')).code(), ErrorCode::ResourceExhausted);
  EXPECT_FALSE(asked_);
}

TEST_F(JoinTest, RefusesAServerThatIsNoAddressBeforeAnybodyIsAsked) {
  ASSERT_TRUE(write_file_atomic(file(), "tkj1." + kFingerprint + ".secret\r\n", 0600).ok());
  for (const char* server : {"", "a b:1", "host:port", "host:99999", "host:1/path"}) {
    EXPECT_EQ(error_of_join(server).code(), ErrorCode::InvalidArgument) << server;
  }
  EXPECT_FALSE(asked_);
}

}  // namespace
}  // namespace tusker
