#include "cli/nodes.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/testing/fake_console.h"

namespace tusker::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kNode = R"({"InstanceId": "emr-aaaaaaaa", "InstanceName": "wordcount",
  "ResourceId": "emr-vm-aaaaaaaa", "Name": "core-1", "NodeType": "core", "HostName": "desk",
  "HostConnected": true, "Address": "10.0.0.2", "Cpus": 2, "MemoryBytes": 1610612736,
  "MemoryUsedBytes": 641728512, "DiskBytes": [4294967296, 4294967296], "DiskUsedBytes": 0,
  "State": "running", "Note": "",
  "Roles": [{"Name": "DataNode", "State": "ready"}, {"Name": "NodeManager", "State": "ready"}]})";

NodeRow node() {
  return read_node_row(json::parse(kNode).as_object());
}

TEST(Nodes, AreATableOfWhatTheyHaveAndUse) {
  const FakeConsole fake;
  EXPECT_EQ(render_nodes({node()}, fake.console),
            "CLUSTER    NODE    TYPE  HOST  ADDRESS   CPU  MEMORY            DISK  STATE    ROLES\n"
            "wordcount  core-1  core  desk  10.0.0.2  2    612 MB of 1.5 GB  8 GB  running  "
            "DataNode, NodeManager\n");
}

TEST(Nodes, SayBelowTheTableWhatIsWrongWithThem) {
  NodeRow ill = node();
  ill.host_connected = false;
  ill.roles[0].state = "starting";
  ill.roles[0].not_ready = "its port does not answer\033[2J";
  ill.roles[0].restarts = 3;
  const FakeConsole fake;
  const std::string shown = render_nodes({ill}, fake.console);
  EXPECT_NE(shown.find("DataNode (starting), NodeManager\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\nnot well\n"
                       "  wordcount core-1: host desk is not connected; what is shown is what it "
                       "said last; see that the host is up and its agent runs: tusker up\n"
                       "  wordcount core-1: DataNode: its port does not answer?[2J; it has ended 3 "
                       "times; see its log: tusker logs wordcount core-1 DataNode\n"),
            std::string::npos)
      << shown;
}

TEST(Nodes, HaveAProblemWhenTheirDiskIsFull) {
  NodeRow full = node();
  EXPECT_TRUE(problems_of(full).empty());
  full.disk_used_bytes = full.disk_bytes / 100 * 89;
  EXPECT_TRUE(problems_of(full).empty());
  full.disk_used_bytes = full.disk_bytes / 100 * 91;
  EXPECT_EQ(problems_of(full),
            std::vector<std::string>{
                "its disk is full: 7.3 GB of 8 GB; remove what is not needed: tusker run wordcount "
                "--node core-1 --user root -- du -xh -d 3 /data"});
}

TEST(Nodes, OfAServerThatLeavesFieldsOutAreShownAllTheSame) {
  const FakeConsole fake;
  const NodeRow bare = read_node_row(json::parse(R"({"Name": "core-1"})").as_object());
  EXPECT_NE(render_nodes({bare}, fake.console).find("core-1"), std::string::npos);
}

}  // namespace
}  // namespace tusker::cli
