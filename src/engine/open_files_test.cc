#include "engine/open_files.h"

#include <gtest/gtest.h>

#include "proto/hdfs.pb.h"

namespace tusker {
namespace {

hdfs::ListOpenFilesResponse files(int number) {
  hdfs::ListOpenFilesResponse response;
  for (int i = 0; i < number; ++i) {
    hdfs::OpenFile& file = *response.add_files();
    file.set_path(fmt::format("/logs/{}", i));
    file.set_machine("10.231.0.3");
  }
  return response;
}

std::string told(const hdfs::ListOpenFilesResponse& response) {
  const Result<Facts> facts = facts_of_open_files(response.SerializeAsString());
  return facts.ok() ? facts->at("OpenFiles") : facts.error().message();
}

TEST(OpenFiles, AreAskedForWithEveryRequiredField) {
  EXPECT_EQ(open_files_request(), std::string("\x08\x00\x10\x02\x1a\x01/", 7));
}

TEST(OpenFiles, AreNamedWithWhereTheyAreWritten) {
  EXPECT_EQ(told(files(0)), "");
  EXPECT_EQ(told(files(2)), "/logs/0 (from 10.231.0.3), /logs/1 (from 10.231.0.3)");
}

TEST(OpenFiles, AreNamedFiveAtMost) {
  const std::string many = told(files(6));
  EXPECT_NE(many.find("/logs/4"), std::string::npos);
  EXPECT_EQ(many.find("/logs/5"), std::string::npos);
  EXPECT_TRUE(many.ends_with(" and more")) << many;
  hdfs::ListOpenFilesResponse page = files(1);
  page.set_has_more(true);
  EXPECT_TRUE(told(page).ends_with(" and more"));
}

TEST(OpenFiles, TheEndOfALongPathIsNamed) {
  hdfs::ListOpenFilesResponse response = files(1);
  response.mutable_files(0)->set_path("/" + std::string(5000, 'a') + "/end");
  const std::string shown = told(response);
  EXPECT_LT(shown.size(), 300U);
  EXPECT_NE(shown.find("a/end (from"), std::string::npos);
}

TEST(OpenFiles, OfAnAnswerOfSomethingElseAreAnError) {
  const Result<Facts> facts = facts_of_open_files("\x0a\xff");
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().code(), ErrorCode::Corrupt);
}

}  // namespace
}  // namespace tusker
