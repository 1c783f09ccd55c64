#include "pages/service_pages.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

store::Node node_with(std::string_view name, std::string_view role, std::string_view component) {
  store::Node node;
  node.set_id(std::string("emr-vm-") + (name == "master-1" ? "00000001" : "00000002"));
  node.set_cluster_id("emr-ab12cd34");
  node.set_host_id("11111111-1111-4111-8111-111111111111");
  node.set_type(name == "master-1" ? store::MASTER : store::CORE);
  node.set_index(1);
  node.set_name(std::string(name));
  store::Role& made = *node.add_roles();
  made.set_name(std::string(role));
  made.set_component(std::string(component));
  for (const auto& [port, number] : {std::pair{"rpc", 4007}, std::pair{"http", 4008}}) {
    store::Port& added = *made.add_ports();
    added.set_name(port);
    added.set_number(static_cast<std::uint32_t>(number));
  }
  return node;
}

class ServicePagesTest : public testing::Test {
 protected:
  void put(const store::Node& node) {
    Change change;
    change.put(node);
    model_.apply(std::move(change));
  }
  std::vector<ServicePage> pages() { return service_pages(model_, definitions_, "emr-ab12cd34"); }

  Model model_;
  Definitions definitions_ = built_in_definitions().value();
};

TEST_F(ServicePagesTest, AreThoseThatDefinitionsDeclareAtThePortsOfTheNode) {
  put(node_with("master-1", "NameNode", "hdfs"));
  const std::vector<ServicePage> found = pages();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].title, "NameNode");
  EXPECT_EQ(found[0].port, 4008);
  EXPECT_EQ(found[0].path, "/");
  EXPECT_EQ(found[0].state, "unknown");
  EXPECT_NE(find_page(found, "master-1", 4008), nullptr);
}

TEST_F(ServicePagesTest, NoOtherPortIsOne) {
  put(node_with("master-1", "NameNode", "hdfs"));
  const std::vector<ServicePage> found = pages();
  EXPECT_EQ(find_page(found, "master-1", 4007), nullptr);
  EXPECT_EQ(find_page(found, "master-1", 22), nullptr);
  EXPECT_EQ(find_page(found, "master-1", 0), nullptr);
  EXPECT_EQ(find_page(found, "master-2", 4008), nullptr);
}

TEST_F(ServicePagesTest, ANodeThatIsBeingRemovedHasNone) {
  store::Node node = node_with("master-1", "NameNode", "hdfs");
  node.set_removing(true);
  put(node);
  EXPECT_TRUE(pages().empty());
}

TEST_F(ServicePagesTest, AComponentThatThisProgramDoesNotKnowHasNone) {
  put(node_with("master-1", "NameNode", "later"));
  EXPECT_TRUE(pages().empty());
}

}  // namespace
}  // namespace tusker
