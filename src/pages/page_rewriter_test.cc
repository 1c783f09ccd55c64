#include "pages/page_rewriter.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

// core-1 with a NodeManager's page on 5004 and a DataNode's on 4002, seen from the NameNode's page.
class PageRewriterTest : public testing::Test {
 protected:
  PageRewriterTest() {
    node_.set_cluster_id("emr-ab12cd34");
    node_.set_name("core-1");
    node_.set_address("10.77.0.3");
    std::vector<ServicePage> pages(2);
    pages[0].node = pages[1].node = &node_;
    pages[0].port = 5004;
    pages[1].port = 4002;
    addresses_ = std::make_shared<const PageAddresses>(
        pages, parse_page_host("4008-master-1.emr-ab12cd34.localhost:7480").value());
  }

  std::string rewritten(std::string_view text) { return rewrite_links(addresses_, text); }

  store::Node node_;
  std::shared_ptr<const PageAddresses> addresses_;
};

TEST_F(PageRewriterTest, LinksToPagesOfTheClusterLeadThroughTheServer) {
  EXPECT_EQ(rewritten("http://core-1.emr-ab12cd34.tusker.internal:5004/node/containerlogs/c_1/a"),
            "http://5004-core-1.emr-ab12cd34.localhost:7480/node/containerlogs/c_1/a");
  EXPECT_EQ(
      rewritten("<a href='//core-1.emr-ab12cd34.tusker.internal:5004'>HTTP://10.77.0.3:5004</a>"),
      "<a href='//5004-core-1.emr-ab12cd34.localhost:7480'>HTTP://5004-core-1.emr-ab12cd34."
      "localhost:7480</a>");
  EXPECT_EQ(rewritten("0;url=http://Core-1.EMR-ab12cd34.tusker.internal:5004/"),
            "0;url=http://5004-core-1.emr-ab12cd34.localhost:7480/");
}

TEST_F(PageRewriterTest, EverythingElseStays) {
  for (const char* text : {"",
                           "a // b",
                           "http://core-1.emr-ab12cd34.tusker.internal:5005/",
                           "http://core-1.emr-ab12cd34.tusker.internal:50040/",
                           "http://core-1.emr-ab12cd34.tusker.internal/",
                           "http://core-1.emr-ab12cd34.tusker.internal:5004@evil.example/",
                           "http://x.core-1.emr-ab12cd34.tusker.internal:5004/",
                           "https://core-1.emr-ab12cd34.tusker.internal:5004/",
                           "hdfs://core-1.emr-ab12cd34.tusker.internal:5004/",
                           "core-1.emr-ab12cd34.tusker.internal:5004",
                           "http://core-1.emr-00000000.tusker.internal:5004/",
                           "/a//core-1.emr-ab12cd34.tusker.internal:5004/"}) {
    EXPECT_EQ(rewritten(text), text);
  }
}

// A script is sent from the NameNode to a DataNode to read a file, and its request to another host
// would go without our cookie.
TEST_F(PageRewriterTest, WebHdfsStaysOnTheHostOfThePage) {
  EXPECT_EQ(
      rewritten(
          R"({"Location":"http://core-1.emr-ab12cd34.tusker.internal:4002/webhdfs/v1/f?op=OPEN"})"),
      R"({"Location":"http://4008-master-1.emr-ab12cd34.localhost:7480/.tusker/4002-core-1/webhdfs/v1/f?op=OPEN"})");
}

TEST_F(PageRewriterTest, PiecesMayBeCutAnywhere) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += std::string(static_cast<std::size_t>(i * 7), '/') +
            "<a href=\"http://core-1.emr-ab12cd34.tusker.internal:5004/x//y\">";
  }
  const std::string whole = rewritten(text);
  EXPECT_EQ(whole.find("tusker.internal"), std::string::npos);
  for (const std::size_t size : {1U, 2U, 7U, 64U, 300U}) {
    PageRewriter rewriter(addresses_);
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += size)
      out += rewriter.add(text.substr(at, size));
    EXPECT_EQ(out + rewriter.end(), whole) << size;
  }
}

TEST_F(PageRewriterTest, TheScriptIsPutIntoTheHead) {
  const auto with_script = [this](std::string_view text) {
    PageRewriter rewriter(addresses_, "<script>");
    std::string out;
    for (const char c : text) out += rewriter.add({&c, 1});
    return out + rewriter.end();
  };
  EXPECT_EQ(with_script("<!DOCTYPE html><HTML lang=x><title>"),
            "<!DOCTYPE html><HTML lang=x><script><title>");
  EXPECT_EQ(with_script("<html>\n<head>"), "<html><script>\n<head>");
  EXPECT_EQ(with_script("no page"), "no page");
  EXPECT_EQ(with_script(""), "");
}

TEST_F(PageRewriterTest, NoMoreThanAHeadIsHeldBack) {
  PageRewriter rewriter(addresses_, "<script>");
  const std::string text((16 << 10) + 1000, 'x');
  EXPECT_GT(rewriter.add(text).size(), 16U << 10);
}

TEST_F(PageRewriterTest, TheScriptKnowsEveryAddressOfAPage) {
  const std::string script = addresses_->links_script();
  EXPECT_NE(script.find("\"core-1.emr-ab12cd34.tusker.internal:4002\": \"4002-core-1\""),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("page + \".emr-ab12cd34.localhost:7480\""), std::string::npos) << script;
}

}  // namespace
}  // namespace tusker
