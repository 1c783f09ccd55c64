#include "base/encoding.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

using namespace std::string_literals;

TEST(Hex, GoesBothWays) {
  const std::uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(*from_hex("000FA5ff"), "\x00\x0f\xa5\xff"s);
  EXPECT_FALSE(from_hex("0").ok());
  EXPECT_FALSE(from_hex("0g").ok());
  EXPECT_EQ(*from_hex(""), "");
}

// RFC 4648 section 10.
TEST(Base64, GoesBothWays) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(*from_base64(encoded), plain);
  }
}

TEST(Base64, IsStrict) {
  for (const char* bad :
       {"Zg", "Zg=", "Zg==\n", "Z===", "====", "Zm8=Zm8=", "Zm9v ", "Zm-_", "=Zm8"}) {
    EXPECT_FALSE(from_base64(bad).ok()) << bad;
  }
}

// FIPS 180-4 examples.
TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  const std::string content(700000, 'x');  // several blocks
  ASSERT_TRUE(write_file_atomic(path, content, 0600).ok());
  EXPECT_EQ(*sha256_hex_of_file(path), sha256_hex(content));
  ::unlink(path.c_str());
  EXPECT_EQ(sha256_hex_of_file(path).error().code(), ErrorCode::NotFound);
}

TEST(Digest, IsOfOneFormOnly) {
  const std::string digits(64, 'a');
  EXPECT_TRUE(is_digest("sha256:" + digits));
  EXPECT_FALSE(is_digest(digits));
  EXPECT_FALSE(is_digest("sha256:" + digits + "a"));
  EXPECT_FALSE(is_digest("sha256:" + digits.substr(1)));
  EXPECT_FALSE(is_digest("sha256:" + std::string(64, 'A')));
  EXPECT_FALSE(is_digest("sha256:" + std::string(62, 'a') + "/."));
}

TEST(EqualConstantTime, ComparesBytesAndLengths) {
  EXPECT_TRUE(equal_constant_time("a\0b"s, "a\0b"s));
  EXPECT_FALSE(equal_constant_time("a\0b"s, "a\0c"s));
  EXPECT_FALSE(equal_constant_time("a", "ab"));
  EXPECT_TRUE(equal_constant_time("", ""));
}

TEST(CutText, NeverLeavesHalfACharacter) {
  EXPECT_EQ(cut_text("abc", 5), "abc");
  EXPECT_EQ(cut_text("abc", 2), "ab");
  EXPECT_EQ(cut_text("a\u00e9", 2), "a");
  EXPECT_EQ(cut_text("a\u00e9", 3), "a\u00e9");
  EXPECT_EQ(cut_text("\u20ac", 2), "");
}

}  // namespace
}  // namespace tusker
