#include "plan/name_rules.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

bool good(std::string_view name) {
  return check_cluster_name("InstanceName", name).ok();
}

TEST(ClusterName, HasFrom6To36CharactersWhichAreNotBytes) {
  EXPECT_FALSE(good("abcde"));
  EXPECT_TRUE(good("abcdef"));
  EXPECT_TRUE(good(std::string(36, 'a')));
  EXPECT_FALSE(good(std::string(37, 'a')));
  EXPECT_TRUE(good("数据分析集群"));  // 6 characters, 18 bytes
  EXPECT_FALSE(good("数据分析集"));
  std::string longest;
  for (int i = 0; i < 36; ++i) longest += "数";
  EXPECT_TRUE(good(longest));
}

TEST(ClusterName, HasChineseLettersDigitsHyphenAndUnderlineOnly) {
  EXPECT_TRUE(good("Word-Count_7"));
  for (const char* name : {"word count",
                           "word/count",
                           "word.count",
                           "word\ncount",
                           "wörd-count",
                           "word\u200bcount",
                           "wordc\u0435unt"})
    EXPECT_FALSE(good(name)) << name;
  EXPECT_NE(check_cluster_name("InstanceName", "word count")
                .error()
                .message()
                .find("U+0020 as character 5"),
            std::string::npos);
}

TEST(ClusterName, ThatIsNotUtf8IsRefused) {
  for (const char* name : {"abcdef\x80",
                           "abcdef\xc0\xaf",
                           "abcdef\xed\xa0\x80",
                           "abcdef\xf5\x80\x80\x80",
                           "abcdef\xe6\x95"}) {
    ASSERT_FALSE(good(name));
    EXPECT_NE(
        check_cluster_name("InstanceName", name).error().message().find("not UTF-8 at byte 7"),
        std::string::npos);
  }
}

}  // namespace
}  // namespace tusker
