#include "base/text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

TEST(MessageText, KeepsWhatPeopleWrite) {
  const std::string text = "two\tlines\nof ä, € and 😀: ~";
  EXPECT_EQ(as_message_text(text), text);
  EXPECT_EQ(as_message_text(""), "");
}

// RFC 3629 section 3 and 10: what looks like UTF-8 and is none.
TEST(MessageText, HasAQuestionMarkForEachByteThatIsNoUtf8) {
  EXPECT_EQ(as_message_text("a\x80z"), "a?z") << "a continuation without its lead";
  EXPECT_EQ(as_message_text("a\xFFz"), "a?z");
  EXPECT_EQ(as_message_text("\xC3("), "?(") << "a lead without its continuation";
  EXPECT_EQ(as_message_text("\xE2\x82"), "??") << "cut off";
  EXPECT_EQ(as_message_text("\xC0\xAF"), "??") << "an overlong /";
  EXPECT_EQ(as_message_text("\xE0\x80\xAF"), "???") << "an overlong /";
  EXPECT_EQ(as_message_text("\xF0\x80\x80\xAF"), "????") << "an overlong /";
  EXPECT_EQ(as_message_text("\xED\xA0\x80"), "???") << "a surrogate";
  EXPECT_EQ(as_message_text("\xF4\x90\x80\x80"), "????") << "above U+10FFFF";
  EXPECT_EQ(as_message_text("\xED\x9F\xBF\xF4\x8F\xBF\xBF"), "\xED\x9F\xBF\xF4\x8F\xBF\xBF");
}

TEST(MessageText, SteersNoTerminal) {
  EXPECT_EQ(as_message_text("\x1B[31mred\r\b\x7F"), "?[31mred???");
  EXPECT_EQ(as_message_text(std::string_view("a\0b", 3)), "a?b");
}

// U+009B is ESC [ in one character (ECMA-48), and terminals take it for that in UTF-8 too.
TEST(MessageText, SteersNoTerminalByTheControlsOfTwoBytesEither) {
  EXPECT_EQ(as_message_text("\xC2\x9B"
                            "31mred"),
            "??31mred");
  EXPECT_EQ(as_message_text("\xC2\x80\xC2\x9F\xC2\xA0"), "????\xC2\xA0");
}

TEST(MessageText, IsCutBetweenCharacters) {
  EXPECT_EQ(as_message_text("abc", 3), "abc");
  EXPECT_EQ(as_message_text("abcd", 3), "abc");
  EXPECT_EQ(as_message_text("ab€", 4), "ab");
  EXPECT_EQ(as_message_text("ab€", 5), "ab€");
  EXPECT_EQ(as_message_text("\x01\x02\x03", 2), "??");
  EXPECT_EQ(as_message_text("abc", 0), "");
  EXPECT_EQ(as_message_text(std::string(5000, 'x')).size(), 2000U);
}

class LastLinesTest : public testing::Test {
 protected:
  using Lines = std::vector<std::string>;
  std::string file(const std::string& content) const {
    EXPECT_TRUE(write_file_atomic(folder_ + "/log", content, 0600).ok());
    return folder_ + "/log";
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(LastLinesTest, AreTheNewestInTheirOrder) {
  EXPECT_EQ(last_lines(file("one\ntwo\nthree\n"), 2), (Lines{"two", "three"}));
  EXPECT_EQ(last_lines(file("one\ntwo"), 5), (Lines{"one", "two"}))
      << "the last one is not ended yet";
  EXPECT_EQ(last_lines(file("one\n\ntwo\n"), 5), (Lines{"one", "", "two"}));
  EXPECT_EQ(last_lines(file(""), 5), Lines());
  EXPECT_EQ(last_lines(file("one\n"), 0), Lines());
}

TEST_F(LastLinesTest, CostNoMoreThanTheEndOfTheFile) {
  std::string content;
  for (int i = 0; i < 10'000; ++i) content += fmt::format("line {:04}\n", i);
  EXPECT_EQ(last_lines(file(content), 2), (Lines{"line 9998", "line 9999"}));
  EXPECT_EQ(last_lines(file(content), 50, 25), (Lines{"9997", "line 9998", "line 9999"}));
}

TEST_F(LastLinesTest, AreFitForAMessage) {
  EXPECT_EQ(last_lines(file("a\x80\x1B\n"), 1), (Lines{"a??"}));
  EXPECT_EQ(last_lines(file(std::string(5000, 'x')), 1)[0].size(), 1000U);
}

TEST_F(LastLinesTest, AreNoneOfWhatIsNoFile) {
  EXPECT_EQ(last_lines(folder_ + "/absent", 5), Lines());
  EXPECT_EQ(last_lines(folder_, 5), Lines());
  std::filesystem::create_symlink(file("secret\n"), folder_ + "/link");
  EXPECT_EQ(last_lines(folder_ + "/link", 5), Lines()) << "a node may have put it there";
  ASSERT_EQ(::mkfifo((folder_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(last_lines(folder_ + "/fifo", 5), Lines()) << "nobody is waited for";
}

}  // namespace
}  // namespace tusker
