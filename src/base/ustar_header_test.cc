#include "base/ustar_header.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

std::string written(const UstarHeader& header) {
  const auto block = write_ustar_header(header);
  return block.ok() ? std::string(block->begin(), block->end()) : block.error().message();
}

TEST(UstarHeader, SaysTheSameAfterBeingWrittenAndRead) {
  const std::string path(kUstarLongestPath, 'a');
  const auto header =
      read_ustar_header(written({.path = path, .mode = 0640, .size = kUstarLargestFile}));
  ASSERT_TRUE(header.ok()) << header.error().message();
  EXPECT_EQ(header->path, path);
  EXPECT_EQ(header->type, '0');
  EXPECT_EQ(header->mode, 0640U);
  EXPECT_EQ(header->size, kUstarLargestFile);
}

TEST(UstarHeader, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(write_ustar_header({.path = std::string(kUstarLongestPath + 1, 'a')}).ok());
  EXPECT_FALSE(write_ustar_header({.path = ""}).ok());
  EXPECT_FALSE(write_ustar_header({.path = "a", .size = kUstarLargestFile + 1}).ok());
}

TEST(UstarHeader, TellsTheEndFromWhatIsNoHeader) {
  EXPECT_EQ(read_ustar_header(std::string(kUstarBlock, '\0')).error().code(), ErrorCode::NotFound);
  EXPECT_EQ(read_ustar_header(std::string(kUstarBlock, 'x')).error().code(), ErrorCode::Corrupt);
  EXPECT_EQ(read_ustar_header(std::string(100, '\0')).error().code(), ErrorCode::Corrupt);
  const std::string good = written({.path = "a", .size = 7});
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto header = read_ustar_header(bad);
    // What follows the checksum's digits says nothing.
    if (at >= 155 && at < 156) continue;
    EXPECT_FALSE(header.ok()) << at;
  }
}

// GNU tar's way to write sizes from 8 GB: binary, with the highest bit set.
TEST(UstarHeader, RefusesASizeInBinary) {
  std::string block = written({.path = "a", .size = 7});
  block[124] = static_cast<char>(block[124] ^ 0x80);
  std::uint64_t sum = 8 * ' ';
  for (std::size_t at = 0; at < block.size(); ++at) {
    if (at < 148 || at >= 156) sum += static_cast<unsigned char>(block[at]);
  }
  block.replace(148, 6, fmt::format("{:06o}", sum));
  EXPECT_EQ(read_ustar_header(block).error().message(), "a mode or a size that is no octal number");
}

}  // namespace
}  // namespace tusker
