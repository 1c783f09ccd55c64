#include "plan/render.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

namespace tusker {
namespace {

TEST(Rendering, NoValueBecomesXmlStructure) {
  const std::string hostile = "</value></property><x a='1'>&amp;\r\n\"]]>";
  const std::string text = render_xml({{"a&b", hostile}});
  pugi::xml_document document;
  ASSERT_TRUE(document.load_buffer(text.data(), text.size())) << text;
  const pugi::xml_node property = document.child("configuration").child("property");
  EXPECT_STREQ(property.child("name").text().get(), "a&b");
  EXPECT_EQ(property.child("value").text().get(), hostile);
  EXPECT_FALSE(property.next_sibling());
}

TEST(Rendering, NoValueBecomesAPropertiesLine) {
  EXPECT_EQ(render_properties({{"a=b:c d", "x\ny\\z"}}), "a\\=b\\:c\\ d=x\\ny\\\\z\n");
  EXPECT_EQ(render_properties({{"k", " #v=1"}}), "k=\\ #v=1\n");
  EXPECT_EQ(render_properties({{"k", "数😀"}}), "k=\\u6570\\ud83d\\ude00\n");
}

TEST(Rendering, ArgumentsAreQuotedWhereTheLauncherWouldSplitThem) {
  EXPECT_EQ(render_arguments({"-Xmx10m", "-Da=b c", "-Dq=\"\\", "#x", ""}),
            "-Xmx10m\n\"-Da=b c\"\n\"-Dq=\\\"\\\\\"\n\"#x\"\n\"\"\n");
}

}  // namespace
}  // namespace tusker
