#include "share/embedded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tusker {
namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Embedded, HasEveryDefinitionOfTheSourceTreeByteForByte) {
  const std::filesystem::path root = TUSKER_SOURCE_DIR;
  std::size_t files = 0;
  for (const char* folder : {"components", "releases"}) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      const std::string name = std::filesystem::relative(entry.path(), root).generic_string();
      const auto bytes = embedded_file(name);
      ASSERT_TRUE(bytes.has_value()) << name;
      EXPECT_TRUE(*bytes == content_of(entry.path())) << name;
    }
  }
  EXPECT_EQ(list_embedded("").size(), files);
}

TEST(Embedded, ListsWhatBeginsWithAPrefixInOrder) {
  const auto paths = list_embedded("components/hadoop/");
  EXPECT_TRUE(std::ranges::is_sorted(paths));
  EXPECT_NE(std::ranges::find(paths, "components/hadoop/bundle.yaml"), paths.end());
  for (const std::string_view path : paths) EXPECT_TRUE(path.starts_with("components/hadoop/"));
}

TEST(Embedded, AnswersNothingForWhatIsNotThere) {
  EXPECT_FALSE(embedded_file("components/hadoop").has_value());
  EXPECT_FALSE(embedded_file("").has_value());
  EXPECT_TRUE(list_embedded("zzz").empty());
}

}  // namespace
}  // namespace tusker
