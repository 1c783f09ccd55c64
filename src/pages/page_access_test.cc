#include "pages/page_access.h"

#include <gtest/gtest.h>

#include "base/testing/fake_clock.h"

namespace tusker {
namespace {

class PageAccessTest : public testing::Test {
 protected:
  PageAccessTest() { put_key(false); }

  void put_key(bool disabled) {
    store::AccessKey key;
    key.set_secret_id("AKIDx");
    key.set_disabled(disabled);
    Change change;
    change.put(key);
    model_.apply(std::move(change));
  }
  std::string let_in() {
    return access_.follow(access_.make_link(kCluster, "AKIDx"), kCluster)->secret;
  }

  static constexpr std::string_view kCluster = "emr-ab12cd34";
  static constexpr std::string_view kOther = "emr-00000000";
  Model model_;
  FakeClock clock_;
  SeededRandom random_{1};
  PageAccess access_{model_, clock_, random_};
};

TEST_F(PageAccessTest, ALinkLetsInOnce) {
  const std::string link = access_.make_link(kCluster, "AKIDx");
  EXPECT_FALSE(access_.admits(link, kCluster));
  const auto session = access_.follow(link, kCluster);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->secret_id, "AKIDx");
  EXPECT_NE(session->secret, link);
  EXPECT_TRUE(access_.admits(session->secret, kCluster));
  EXPECT_FALSE(access_.follow(link, kCluster));
}

TEST_F(PageAccessTest, ALinkIsGoodForAMinuteAndASessionForHours) {
  const std::string link = access_.make_link(kCluster, "AKIDx");
  const std::string session = let_in();
  clock_.advance(PageAccess::kLinkLife);
  EXPECT_FALSE(access_.follow(link, kCluster));
  EXPECT_TRUE(access_.admits(session, kCluster));
  clock_.advance(PageAccess::kSessionLife - PageAccess::kLinkLife);
  EXPECT_FALSE(access_.admits(session, kCluster));
}

TEST_F(PageAccessTest, BothAreOfOneClusterOnly) {
  const std::string link = access_.make_link(kCluster, "AKIDx");
  EXPECT_FALSE(access_.follow(link, kOther));
  EXPECT_TRUE(access_.follow(link, kCluster)) << "another cluster's host used it up";
  EXPECT_FALSE(access_.admits(let_in(), kOther));
  EXPECT_FALSE(access_.admits("", kCluster));
}

TEST_F(PageAccessTest, ASessionEndsWithItsKey) {
  const std::string session = let_in();
  put_key(true);
  EXPECT_FALSE(access_.admits(session, kCluster));
}

TEST_F(PageAccessTest, NoNumberOfLinksFillsMemory) {
  const std::string first = access_.make_link(kCluster, "AKIDx");
  clock_.advance(std::chrono::seconds(1));
  std::string last;
  for (int i = 0; i < 1000; ++i) last = access_.make_link(kCluster, "AKIDx");
  EXPECT_FALSE(access_.follow(first, kCluster));
  EXPECT_TRUE(access_.follow(last, kCluster));
}

TEST(PageCookie, IsFoundAmongOthersWhereverItStands) {
  using Secrets = std::vector<std::string_view>;
  EXPECT_EQ(page_cookies(""), Secrets{});
  EXPECT_EQ(page_cookies("tusker-pages=a"), Secrets{"a"});
  EXPECT_EQ(page_cookies("x=y; tusker-pages=a;tusker-pages=b ; xtusker-pages=c; tusker-pagesx=d"),
            (Secrets{"a", "b"}));
}

TEST(PageCookie, IsForAllPagesOfOneClusterAndNoScript) {
  EXPECT_EQ(page_cookie("s", "emr-ab12cd34"),
            "tusker-pages=s; Domain=emr-ab12cd34.localhost; Path=/; Max-Age=28800; HttpOnly; "
            "SameSite=Lax");
}

}  // namespace
}  // namespace tusker
