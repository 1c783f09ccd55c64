#include "agent/seed_archive.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace tusker {
namespace {

// One entry as `tar --format=ustar` writes it.
std::string entry(const std::string& path, char type = '0', const std::string& content = "") {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  put(0, path.substr(0, 100));
  put(100, "0000644");
  put(124, fmt::format("{:011o}", content.size()));
  header[156] = type;
  put(157, "../../etc/passwd");  // where a link would lead
  put(257, "ustar");
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  std::string padded = content;
  padded.resize((content.size() + 511) / 512 * 512, '\0');
  return header + padded;
}

std::string archive(const std::string& entries) {
  return entries + std::string(1024, '\0');
}

TEST(SeedArchive, HasFilesAndFoldersBelowItsTop) {
  const std::string bytes =  // outlives the seed, which views it
      archive(entry("./", '5') + entry("./current/", '5') + entry("current/a", '0', "x"));
  const auto seed = read_seed(bytes);
  ASSERT_TRUE(seed.ok()) << seed.error().message();
  ASSERT_EQ(seed->size(), 2U);
  EXPECT_TRUE((*seed)[0].folder);
  EXPECT_EQ((*seed)[1].path, "current/a");
  EXPECT_EQ((*seed)[1].content, "x");
}

TEST(SeedArchive, RefusesAPathThatLeadsOutOfIt) {
  for (const char* path :
       {"../a", "/etc/passwd", "a/../../b", "..", "a//b", "./../a", "a\nb", "a/.", ""}) {
    const auto seed = read_seed(archive(entry(path, '0', "x")));
    ASSERT_FALSE(seed.ok()) << path;
    EXPECT_EQ(seed.error().code(), ErrorCode::PermissionDenied) << path;
  }
}

// Hard and symbolic links, devices, FIFOs, and the extensions that can name another path.
TEST(SeedArchive, RefusesWhatIsNeitherFileNorFolder) {
  for (const char type : {'1', '2', '3', '4', '6', '7', 'x', 'g', 'L', 'K'}) {
    const auto seed = read_seed(archive(entry("a", type)));
    ASSERT_FALSE(seed.ok()) << type;
    EXPECT_EQ(seed.error().code(), ErrorCode::PermissionDenied) << type;
  }
}

TEST(SeedArchive, RefusesWhatIsCutOrChanged) {
  const std::string whole = archive(entry("a", '0', std::string(600, 'x')));
  for (const std::size_t size : {1UL, 511UL, 512UL, 513UL, 1024UL, 1536UL})
    EXPECT_FALSE(read_seed(whole.substr(0, size)).ok()) << size;
  std::string changed = whole;
  changed[0] = 'b';  // its checksum says otherwise
  EXPECT_FALSE(read_seed(changed).ok());
}

TEST(SeedArchive, IsNotWrittenThroughALink) {
  const TemporaryFolder temporary;
  const std::string& folder = temporary.path();
  ASSERT_EQ(::mkdir((folder + "/top").c_str(), 0700), 0);
  ASSERT_EQ(::symlink("../outside", (folder + "/top/a").c_str()), 0);
  const UniqueFd top(::open((folder + "/top").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_FALSE(
      unpack_seed(archive(entry("a", '0', "x")), top.get(), ::geteuid(), ::getegid()).ok());
  EXPECT_FALSE(path_exists(folder + "/outside"));
  ASSERT_TRUE(unpack_seed(archive(entry("b", '0', "x")), top.get(), ::geteuid(), ::getegid()).ok());
  const Result<std::string> written = read_file(folder + "/top/b", 100);
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(*written, "x");
}

}  // namespace
}  // namespace tusker
