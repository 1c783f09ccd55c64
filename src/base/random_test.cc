#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "base/ids.h"

namespace tusker {
namespace {

TEST(Random, RepeatsItselfForTheSameSeedOnly) {
  SeededRandom a(1);
  SeededRandom same(1);
  SeededRandom other(2);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, same.next());
  EXPECT_NE(first, other.next());
}

TEST(Random, StaysBelowItsBoundAndReachesAllOfIt) {
  SeededRandom random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(*seen.rbegin(), 6U);
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
}

TEST(Random, DrawsTextFromItsAlphabet) {
  SeededRandom random(1);
  const std::string text = random.text(1000, "ab");
  EXPECT_EQ(text.size(), 1000U);
  EXPECT_EQ(text.find_first_not_of("ab"), std::string::npos);
  EXPECT_NE(text.find('a'), std::string::npos);
  EXPECT_NE(text.find('b'), std::string::npos);
}

TEST(Random, MakesUuidsOfVersionFour) {
  SeededRandom random(1);
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = random.uuid();
    EXPECT_TRUE(is_uuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  }
}

TEST(Random, OfTheSystemFillsAnyLengthAndDoesNotRepeat) {
  SystemRandom random;
  std::array<std::uint8_t, 1000> bytes{};  // more than its pool
  random.fill(bytes);
  std::set<std::uint8_t> seen(bytes.begin(), bytes.end());
  EXPECT_GT(seen.size(), 200U);
  EXPECT_NE(random.next(), random.next());
}

}  // namespace
}  // namespace tusker
