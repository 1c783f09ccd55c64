#include "cli/words.h"

#include <gtest/gtest.h>

#include <vector>

namespace tusker::cli {
namespace {

TEST(NearestWord, FindsASwapAndAMissingLetterButNotAnotherWord) {
  const std::vector<std::string> known = {"cluster", "flow", "api", "env"};
  EXPECT_EQ(nearest_word("clutser", known), "cluster");
  EXPECT_EQ(nearest_word("fow", known), "flow");
  EXPECT_EQ(nearest_word("hadoop", known), std::nullopt);
}

TEST(Printable, TakesEscapeSequencesAndLineEndsOutOfForeignText) {
  EXPECT_EQ(printable("a\033[2Jb\r\nc\td"), "a?[2Jb??c d");
  EXPECT_EQ(printable("caf\xC3\xA9 \xE9\x9B\x86"), "caf\xC3\xA9 \xE9\x9B\x86");
  EXPECT_EQ(printable("bad\xFF\xC3"), "bad??");
}

TEST(Printable, TakesOutMarksThatReorderText) {
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a?b");
}

TEST(DisplayWidth, CountsWideCharactersTwice) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("集群"), 4U);
}

TEST(Fit, CutsAtTheWidthAndSaysSo) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdefg", 6), "abcde…");
  EXPECT_EQ(fit("集群集群", 5), "集群…");
}

TEST(BytesText, UsesTheUnitThatKeepsTheNumberShort) {
  EXPECT_EQ(bytes_text(17), "17 B");
  EXPECT_EQ(bytes_text(3ULL << 30), "3 GB");
  EXPECT_EQ(bytes_text((3ULL << 30) + (512ULL << 20)), "3.5 GB");
  EXPECT_EQ(bytes_text(800ULL << 20), "800 MB");
}

TEST(PrintableStream, KeepsLinesAndTabsAndNothingThatATerminalObeys) {
  PrintableStream stream;
  EXPECT_EQ(stream.take("one\n\tat two\r\n\033[2Jthree"), "one\n\tat two?\n?[2Jthree");
  EXPECT_EQ(stream.take(""), "");
}

TEST(PrintableStream, WaitsForTheRestOfACharacter) {
  PrintableStream stream;
  const std::string text = "é 好 \U0001F600 \xC2\x9B";  // the last is a control character
  std::string shown;
  for (const char byte : text) shown += stream.take(std::string_view(&byte, 1));
  EXPECT_EQ(shown, printable(text));
}

TEST(PrintableStream, DoesNotWaitForWhatIsNoCharacter) {
  PrintableStream stream;
  EXPECT_EQ(stream.take("a\x80"), "a?");
  EXPECT_EQ(stream.take("\xE2\x82"), "");
  EXPECT_EQ(stream.take("z"), "??z");
}

}  // namespace
}  // namespace tusker::cli
