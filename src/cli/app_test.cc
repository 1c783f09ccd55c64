#include "cli/app.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>

#include "base/file.h"
#include "base/testing/fake_clock.h"
#include "base/testing/temporary_folder.h"
#include "cli/complete.h"
#include "cli/document.h"
#include "cli/exit_codes.h"
#include "cli/testing/fake_console.h"
#include "cli/testing/fake_server.h"

namespace tusker::cli {
namespace {

namespace json = boost::json;

class App : public ::testing::Test {
 protected:
  explicit App(Console::Traits traits = {}) : fake_(traits) {
    server_.answer("DescribeInstances",
                   {{{"TotalCnt", 1},
                     {"ClusterList",
                      {{{"ClusterId", "emr-aaaaaaaa"},
                        {"ClusterName", "wordcount"},
                        {"Status", 2},
                        {"EmrVersion", "EMR-V5.0.0"},
                        {"AddTime", "2026-11-25 01:00:00"},
                        {"Config",
                         {{"MasterNodeSize", 1},
                          {"CoreNodeSize", 2},
                          {"SoftInfo", {"hdfs-3.5.0", "yarn-3.5.0"}}}}}}}}});
  }
  int run(const std::vector<std::string>& words) { return run_command_line(words, session_); }
  std::size_t calls(const std::string& action) const {
    std::size_t count = 0;
    for (const FakeServer::Call& call : server_.calls) count += call.action == action ? 1 : 0;
    return count;
  }

  FakeServer server_;
  FakeClock clock_;
  FakeConsole fake_;
  SystemProcessRunner processes_;
  Environment environment_ = {{"TUSKER_ENDPOINT", "http://127.0.0.1:1"},
                              {"TUSKER_SECRET_ID", "AKID"},
                              {"TUSKER_SECRET_KEY", "s3cret"}};
  Session session_{.console = fake_.console,
                   .environment = environment_,
                   .clock = clock_,
                   .processes = processes_,
                   .post = server_.post(),
                   .program = "/nonexistent/tusker"};
};

class AppOnTerminal : public App {
 protected:
  AppOnTerminal()
      : App({.in_is_terminal = true, .out_is_terminal = true, .err_is_terminal = true}) {}
};

TEST_F(App, SuggestsTheNearestCommand) {
  EXPECT_EQ(run({"clutser", "list"}), kUsage);
  EXPECT_EQ(fake_.err,
            "error: there is no command 'clutser'; did you mean 'cluster'?\nSee: tusker --help\n");
}

TEST_F(App, SuggestsTheNearestWordInsideAGroupAndTheNearestOption) {
  EXPECT_EQ(run({"cluster", "termiante", "x"}), kUsage);
  EXPECT_NE(fake_.err.find("did you mean 'terminate'?"), std::string::npos) << fake_.err;
  EXPECT_NE(fake_.err.find("See: tusker cluster --help"), std::string::npos) << fake_.err;
  fake_.err.clear();
  EXPECT_EQ(run({"cluster", "create", "wordcount", "--cores", "2"}), kUsage);
  EXPECT_NE(fake_.err.find("there is no option '--cores'; did you mean '--core'?"),
            std::string::npos)
      << fake_.err;
}

TEST_F(App, SaysWhichArgumentIsMissing) {
  EXPECT_EQ(run({"cluster", "show"}), kUsage);
  EXPECT_NE(fake_.err.find("NAME"), std::string::npos) << fake_.err;
  EXPECT_NE(fake_.err.find("tusker cluster show --help"), std::string::npos) << fake_.err;
}

TEST_F(App, ShowsHelpWithExamplesForEveryCommand) {
  Choice unused;
  const auto app = make_app(unused);
  const std::function<void(const CLI::App&, std::vector<std::string>)> visit =
      [&](const CLI::App& command, std::vector<std::string> words) {
        for (const CLI::App* child : command.get_subcommands({})) {
          if (child->get_group().empty()) continue;
          std::vector<std::string> deeper = words;
          deeper.push_back(child->get_name());
          EXPECT_FALSE(child->get_description().empty()) << child->get_name();
          EXPECT_NE(child->get_footer().find("Examples:"), std::string::npos) << child->get_name();
          visit(*child, deeper);
          deeper.emplace_back("--help");
          fake_.out.clear();
          EXPECT_EQ(run(deeper), kDone);
          EXPECT_NE(fake_.out.find("Usage: tusker"), std::string::npos) << fake_.out;
        }
      };
  visit(*app, {});
}

TEST_F(App, ListsClustersAsATableAndAsJson) {
  EXPECT_EQ(run({"cluster", "list"}), kDone);
  EXPECT_EQ(
      fake_.out,
      "ID            NAME       STATUS   RELEASE     MASTER  CORE  SOFTWARE               CREATED\n"
      "emr-aaaaaaaa  wordcount  running  EMR-V5.0.0  1       2     hdfs-3.5.0,yarn-3.5.0  "
      "2026-11-25 01:00:00\n");
  fake_.out.clear();
  EXPECT_EQ(run({"cluster", "list", "-o", "json"}), kDone);
  EXPECT_EQ(json::parse(fake_.out).at(0).at("ClusterName"), "wordcount");
}

TEST_F(App, SaysThatAClusterHasNoSparkBeforeItAsksForAProgram) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"sql", "wordcount", "-e", "select 1"}, {"pyspark", "wordcount"}}) {
    fake_.err.clear();
    EXPECT_EQ(run(words), kRunFailed);
    EXPECT_NE(fake_.err.find("wordcount has no spark; it has hdfs-3.5.0, yarn-3.5.0"),
              std::string::npos)
        << fake_.err;
  }
}

TEST_F(App, ListsNodesOfOneClusterAndOfAll) {
  server_.answer("DescribeNodes",
                 {{{"Nodes", {{{"InstanceName", "wordcount"}, {"Name", "core-1"}}}}}});
  EXPECT_EQ(run({"node", "list", "wordcount"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("InstanceId"), "emr-aaaaaaaa");
  EXPECT_NE(fake_.out.find("core-1"), std::string::npos);
  fake_.out.clear();
  EXPECT_EQ(run({"node", "list", "-o", "json"}), kDone);
  EXPECT_FALSE(server_.calls.back().parameters.contains("InstanceId"));
  EXPECT_EQ(json::parse(fake_.out).at(0).at("Name"), "core-1");
  EXPECT_EQ(run({"node", "list", "wordcoutn"}), kFailed);
  EXPECT_NE(fake_.err.find("did you mean 'wordcount'?"), std::string::npos) << fake_.err;
}

TEST_F(App, ListsEventsSinceATime) {
  clock_.advance(std::chrono::hours(2));
  server_.answer("DescribeEvents",
                 {{{"Events", {{{"EventId", 7}, {"Text", "something"}}}}, {"NextEventId", 0}}});
  EXPECT_EQ(run({"events", "wordcount", "--since", "1h"}), kDone) << fake_.err;
  EXPECT_NE(fake_.out.find("something\n"), std::string::npos);
  const json::object& sent = server_.calls.back().parameters;
  EXPECT_EQ(sent.at("InstanceId"), "emr-aaaaaaaa");
  EXPECT_EQ(sent.at("StartMilliseconds").to_number<std::int64_t>(), clock_.wall().ms - 3600 * 1000);
  EXPECT_EQ(run({"events", "--since", "yesterday"}), kFailed);
  EXPECT_NE(fake_.err.find("30m"), std::string::npos) << fake_.err;
}

TEST_F(App, SaysWhatAGrowthLeavesToItsUser) {
  server_.answer("ScaleOutInstance", {{{"FlowId", 12}}});
  server_.answer(
      "DescribeEvents",
      {{{"Events", {{{"EventId", 7}, {"Text", "of before"}}}}, {"NextEventId", 0}},
       {{"Events",
         {{{"EventId", 8}, {"Kind", "cluster.scale_note"}, {"Text", "hdfs dfs -setrep 2"}},
          {{"EventId", 9}, {"Kind", "flow.started"}, {"Text", "something else"}}}},
        {"NextEventId", 9}}});
  EXPECT_EQ(run({"cluster", "scale", "wordcount", "--core", "3"}), kDone) << fake_.err;
  EXPECT_NE(fake_.err.find("note: hdfs dfs -setrep 2\n"), std::string::npos) << fake_.err;
  EXPECT_EQ(fake_.err.find("something else"), std::string::npos) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("AfterEventId"), 7);
}

TEST_F(App, ListsRolesThatHaveLogsAlsoOfAClusterThatHasEnded) {
  server_.answer(
      "DescribeRoleLogs",
      {{{"Logs",
         {{{"Name", "core-3"}, {"Removed", true}, {"Roles", {"DataNode", "NodeManager"}}}}}}});
  EXPECT_EQ(run({"logs", "emr-bbbbbbbb", "core-3"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("InstanceId"), "emr-bbbbbbbb");
  EXPECT_EQ(server_.calls.back().parameters.at("Node"), "core-3");
  EXPECT_NE(fake_.out.find("gone"), std::string::npos);
  EXPECT_NE(fake_.out.find("DataNode, NodeManager\n"), std::string::npos) << fake_.out;
  EXPECT_EQ(run({"logs", "wordcount", "core-3", "-f"}), kUsage);
}

// Whoever reads standard output alone has the link and nothing else.
TEST_F(App, PrintsTheLinkToPagesAtThePortThatItIsConfiguredWith) {
  server_.answer("CreatePageLink",
                 {{{"Hostname", "emr-aaaaaaaa.localhost"},
                   {"Path", "/.tusker/login?token=abc"},
                   {"ValidSeconds", 60},
                   {"SessionSeconds", 28800},
                   {"Pages",
                    {{{"Title", "NameNode"},
                      {"Hostname", "4008-master-1.emr-aaaaaaaa.localhost"},
                      {"Path", "/"}}}}}});
  EXPECT_EQ(run({"ui", "wordcount"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("InstanceId"), "emr-aaaaaaaa");
  EXPECT_EQ(fake_.out, "http://emr-aaaaaaaa.localhost:1/.tusker/login?token=abc\n");
  EXPECT_NE(fake_.err.find("within 60 s"), std::string::npos) << fake_.err;
  fake_.out.clear();
  EXPECT_EQ(run({"ui", "wordcount", "-o", "json"}), kDone) << fake_.err;
  const json::value shown = json::parse(fake_.out);
  EXPECT_EQ(shown.at("Link"), "http://emr-aaaaaaaa.localhost:1/.tusker/login?token=abc");
  EXPECT_EQ(shown.at("Pages").at(0).at("Url"), "http://4008-master-1.emr-aaaaaaaa.localhost:1/");
}

TEST_F(App, ListsHostsAndFlows) {
  server_.answer(
      "DescribeHosts",
      {{{"Hosts",
         {{{"HostName", "desk"}, {"Connected", false}, {"Cordoned", true}, {"Nodes", 3}}}}}});
  EXPECT_EQ(run({"host", "list"}), kDone) << fake_.err;
  EXPECT_NE(fake_.out.find("away, cordoned"), std::string::npos) << fake_.out;
  server_.answer("DescribeFlows",
                 {{{"Flows",
                    {{{"FlowId", 12},
                      {"Kind", "SCALE_OUT"},
                      {"InstanceName", "wordcount"},
                      {"Outcome", "DONE"},
                      {"Stages", {{{"Status", "DONE"}, {"Milliseconds", 1500}}}}}}}}});
  fake_.out.clear();
  EXPECT_EQ(run({"flow", "list"}), kDone) << fake_.err;
  EXPECT_NE(fake_.out.find("12  SCALE_OUT  wordcount  done"), std::string::npos) << fake_.out;
  EXPECT_NE(fake_.out.find("1.5 s\n"), std::string::npos) << fake_.out;
}

TEST_F(App, PrintsANewKeyAsLinesForAShell) {
  server_.answer("CreateKey", {{{"SecretId", "AKIDnew"}, {"SecretKey", "it's"}}});
  EXPECT_EQ(run({"key", "create", "ci", "--read-only"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("ReadOnly"), true);
  EXPECT_EQ(fake_.out,
            "export TUSKER_ENDPOINT='http://127.0.0.1:1'\n"
            "export TUSKER_SECRET_ID='AKIDnew'\n"
            "export TUSKER_SECRET_KEY='it'\\''s'\n"
            "export TUSKER_REGION='ap-guangzhou'\n");
  EXPECT_EQ(fake_.err.find("it's"), std::string::npos) << fake_.err;
}

TEST_F(App, WritesANewKeyToAFileOfItsOwnAndMakesNoneWithoutIt) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/key";
  server_.answer("CreateKey", {{{"SecretId", "AKIDnew"}, {"SecretKey", "secret"}}});
  EXPECT_EQ(run({"key", "create", "ci", "--to", path, "-o", "json"}), kDone) << fake_.err;
  EXPECT_EQ((fake_.out + fake_.err).find("secret"), std::string::npos);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(json::parse(*read_file(path)).at("SecretKey"), "secret");
  EXPECT_EQ(run({"key", "create", "ci", "--to", path}), kFailed);
  EXPECT_EQ(calls("CreateKey"), 1U) << "a key whose secret has no place is not made";
  ::unlink(path.c_str());
  server_.answer("CreateKey", {nullptr});
  EXPECT_EQ(run({"key", "create", "ci", "--to", path}), kUnreachable);
  EXPECT_FALSE(path_exists(path)) << "nothing is left of a failure";
}

TEST_F(App, ListsAndDeletesKeys) {
  server_.answer("DescribeKeys",
                 {{{"Keys",
                    {{{"SecretId", "AKIDone"},
                      {"Name", "ci"},
                      {"Permission", "full"},
                      {"CreateTime", "2026-11-25 01:00:00"},
                      {"LastUsedTime", "0000-00-00 00:00:00"}}}}}});
  EXPECT_EQ(run({"key", "list"}), kDone) << fake_.err;
  EXPECT_EQ(fake_.out,
            "ID       NAME  PERMISSION  CREATED              LAST USED\n"
            "AKIDone  ci    full        2026-11-25 01:00:00  never\n");
  server_.answer("DeleteKey", {json::object()});
  EXPECT_EQ(run({"key", "delete", "AKIDone"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("SecretId"), "AKIDone");
}

class AppWithOrphan : public App {
 protected:
  AppWithOrphan() { server_.answer("DescribeHosts", {with_orphan()}); }
  static json::value with_orphan() {
    const json::object orphan = {{"ResourceId", "emr-vm-00000001"},
                                 {"InstanceId", "emr-00000001"},
                                 {"Name", "core-1"},
                                 {"State", "running"},
                                 {"DiskBytes", 1 << 20}};
    const json::object host = {{"HostId", "h1"},
                               {"HostName", "desk"},
                               {"Connected", true},
                               {"Orphans", json::array{orphan}}};
    return json::object{{"Hosts", json::array{host}}};
  }
};

TEST_F(AppWithOrphan, RemovesExactlyWhatItHasShownAndOnlyWhenToldTo) {
  server_.answer("CleanHost", {json::object()});
  server_.answer("DescribeHosts",
                 {with_orphan(), with_orphan(), json::object{{"Hosts", json::array()}}});
  EXPECT_EQ(run({"host", "clean"}), kNeedsYes);
  EXPECT_EQ(calls("CleanHost"), 0U);
  EXPECT_NE(fake_.err.find("emr-vm-00000001  core-1 of emr-00000001  running  1 MB"),
            std::string::npos)
      << fake_.err;
  EXPECT_EQ(run({"host", "clean", "desk", "--yes"}), kDone) << fake_.err;
  EXPECT_EQ(calls("CleanHost"), 1U);
  EXPECT_EQ(fake_.out, "removed emr-vm-00000001 from desk\n");
}

TEST_F(AppWithOrphan, TakesWhatIsGoneByTheTimeItAsksForRemoved) {
  const json::value unknown = {{"Error",
                                {{"Code", "ResourceNotFound.NodeNotFound"},
                                 {"Message", "host desk reports no node emr-vm-00000001"}}}};
  server_.answer("CleanHost", {unknown});
  server_.answer("DescribeHosts", {with_orphan(), json::object{{"Hosts", json::array()}}});
  EXPECT_EQ(run({"host", "clean", "--yes"}), kDone) << fake_.err;
  EXPECT_EQ(fake_.out, "removed emr-vm-00000001 from desk\n");
  EXPECT_EQ(calls("CleanHost"), 1U);
  server_.answer("DescribeHosts", {with_orphan()});
  EXPECT_EQ(run({"host", "clean", "--yes"}), kFailed) << "still there, and nobody removes it";
  EXPECT_NE(fake_.err.find("reports no node"), std::string::npos) << fake_.err;
}

TEST_F(AppWithOrphan, SaysSoInTheListOfHosts) {
  EXPECT_EQ(run({"host", "list"}), kDone);
  EXPECT_NE(fake_.err.find("1 nodes are there"), std::string::npos) << fake_.err;
}

TEST_F(AppWithOrphan, ForgetsAHostByItsNameAndPrintsItsNodes) {
  server_.answer("DescribeHosts", {with_orphan()});
  server_.answer("ForgetHost", {{{"ResourceIds", {"emr-vm-00000002"}}}});
  EXPECT_EQ(run({"host", "forget", "dsek", "--data-is-gone"}), kFailed);
  EXPECT_NE(fake_.err.find("did you mean 'desk'?"), std::string::npos) << fake_.err;
  EXPECT_EQ(run({"host", "forget", "desk", "--data-is-gone"}), kDone) << fake_.err;
  EXPECT_EQ(server_.calls.back().parameters.at("HostId"), "h1");
  EXPECT_EQ(server_.calls.back().parameters.at("DataIsGone"), true);
  EXPECT_EQ(fake_.out, "emr-vm-00000002\n");
}

TEST_F(App, OpensAShellOnlyWithoutAProgram) {
  EXPECT_EQ(run({"shell", "wordcount", "--", "ls"}), kUsage);
  EXPECT_NE(fake_.err.find("tusker run"), std::string::npos) << fake_.err;
  EXPECT_TRUE(server_.calls.empty());
}

TEST_F(App, RefusesToTerminateWithoutATerminalUnlessToldTo) {
  server_.answer("TerminateInstance", {json::object()});
  EXPECT_EQ(run({"cluster", "terminate", "wordcount"}), kNeedsYes);
  EXPECT_EQ(calls("TerminateInstance"), 0U);
  EXPECT_EQ(run({"cluster", "terminate", "wordcount", "--yes"}), kDone);
  ASSERT_EQ(calls("TerminateInstance"), 1U);
  EXPECT_EQ(server_.calls.back().parameters.at("InstanceId"), "emr-aaaaaaaa");
}

TEST_F(AppOnTerminal, AsksBeforeItTerminatesAndTakesOnlyYesForYes) {
  server_.answer("TerminateInstance", {json::object()});
  fake_.answers = {"", "yes"};
  EXPECT_EQ(run({"cluster", "terminate", "wordcount"}), kFailed);
  EXPECT_EQ(calls("TerminateInstance"), 0U);
  EXPECT_EQ(run({"cluster", "terminate", "wordcount"}), kDone);
  EXPECT_EQ(calls("TerminateInstance"), 1U);
}

TEST_F(App, CreatesWithTheLargestProfileThatFitsAndTheReleasesVersions) {
  server_.answer("DescribeHosts",
                 {{{"Hosts",
                    {{{"HostName", "a"},
                      {"Connected", true},
                      {"MemoryBytes", std::int64_t{4} << 30},
                      {"MemoryReservedBytes", 0}}}}}});
  server_.answer("CreateInstance", {{{"InstanceId", "emr-bbbbbbbb"}}});
  EXPECT_EQ(run({"cluster", "create", "another", "--core", "2", "--components", "hdfs,yarn"}),
            kDone)
      << fake_.err;
  EXPECT_EQ(fake_.out, "emr-bbbbbbbb\n");
  EXPECT_NE(fake_.err.find("Node sizes: profile small"), std::string::npos) << fake_.err;
  const json::object& sent = server_.calls.back().parameters;
  EXPECT_EQ(sent.at("Software"), (json::array{"hdfs-3.5.0", "yarn-3.5.0"}));
  EXPECT_EQ(sent.at("ResourceSpec").at("CoreCount"), 2);
}

TEST_F(App, MakesNoSecondClusterOfAName) {
  EXPECT_NE(run({"cluster", "create", "wordcount", "--spec", "TK.SMALL2"}), kDone);
  EXPECT_EQ(calls("CreateInstance"), 0U);
  EXPECT_NE(fake_.err.find("there is a cluster 'wordcount' already"), std::string::npos)
      << fake_.err;
}

TEST_F(App, AsksForAPlanAndMakesNothingOnADryRun) {
  server_.answer("PlanInstance",
                 {{{"Nodes", {{{"Name", "core-1"}}}}, {"Warnings", {"one copy only"}}}});
  EXPECT_EQ(run({"cluster", "create", "another", "--spec", "TK.SMALL2", "--dry-run"}), kDone)
      << fake_.err;
  EXPECT_EQ(calls("CreateInstance"), 0U);
  EXPECT_NE(fake_.out.find("core-1"), std::string::npos);
  EXPECT_NE(fake_.out.find("warning: one copy only"), std::string::npos);
}

TEST_F(App, EndsWithTheCodeForAnUnreachableServer) {
  server_.answer("DescribeInstances", {nullptr});
  EXPECT_EQ(run({"cluster", "list"}), kUnreachable);
}

TEST_F(App, NeverPrintsTheKey) {
  server_.answer("DescribeHosts", {nullptr});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"cluster", "list"},
                                             {"api", "DescribeHosts"},
                                             {"flow", "show", "1"},
                                             {"cluster", "show", "nobody"}}) {
    run(words);
  }
  EXPECT_EQ((fake_.out + fake_.err).find("s3cret"), std::string::npos);
}

TEST_F(App, RefusesParametersThatAreNoObjectBeforeItSendsAnything) {
  EXPECT_EQ(run({"api", "DescribeHosts", "[1]"}), kFailed);
  EXPECT_TRUE(server_.calls.empty());
}

TEST(Complete, OffersCommandsOptionsAndClusterNames) {
  using Names = NameSources::Names;
  const NameSources names{
      .clusters =
          [] {
            return Names{"wordcount", "nightly"};
          },
      .nodes = [](const std::string& cluster) { return Names{cluster + "-node"}; },
      .logged_roles = [](const std::string& cluster,
                         const std::string& node) { return Names{cluster + "-" + node + "-role"}; },
      .logged_nodes = [](const std::string& cluster) { return Names{cluster + "-gone"}; },
      .jobs =
          [] {
            return Names{"7", "12"};
          },
      .hosts =
          [] {
            return Names{"desk", "rack-1"};
          },
      .keys =
          [] {
            return Names{"AKIDone", "AKIDtwo"};
          },
  };
  EXPECT_EQ(complete({"job", "logs", "1"}, names), Names{"12"});
  EXPECT_EQ(complete({"host", "clean", "d"}, names), Names{"desk"});
  EXPECT_EQ(complete({"host", "forget", "r"}, names), Names{"rack-1"});
  EXPECT_EQ(complete({"component", "test", "hd"}, names), Names{"hdfs"});
  EXPECT_EQ(complete({"key", "delete", "AKIDt"}, names), Names{"AKIDtwo"});
  EXPECT_EQ(complete({"cl"}, names), std::vector<std::string>{"cluster"});
  EXPECT_EQ(complete({"cluster", "te"}, names), std::vector<std::string>{"terminate"});
  EXPECT_EQ(complete({"cluster", "show", ""}, names),
            (std::vector<std::string>{"nightly", "wordcount"}));
  EXPECT_EQ(complete({"cluster", "create", "x", "--dr"}, names),
            std::vector<std::string>{"--dry-run"});
  EXPECT_EQ(complete({"cluster", "list", "-o", ""}, names),
            (std::vector<std::string>{"json", "table"}));
  for (const std::string command : {"run", "shell", "logs", "events", "ui"})
    EXPECT_EQ(complete({command, "w"}, names), Names{"wordcount"}) << command;
  for (const std::string group : {"node", "flow"})
    EXPECT_EQ(complete({group, "list", "w"}, names), Names{"wordcount"}) << group;
  EXPECT_EQ(complete({"shell", "wordcount", ""}, names), Names{"wordcount-node"});
  EXPECT_EQ(complete({"shell", "-u", "root", "wordcount", ""}, names), Names{"wordcount-node"});
  EXPECT_TRUE(complete({"shell", "wordcount", "core-1", ""}, names).empty());
  EXPECT_EQ(complete({"run", "wordcount", "--node", ""}, names), Names{"wordcount-node"});
  EXPECT_EQ(complete({"logs", "wordcount", ""}, names), Names{"wordcount-gone"});
  EXPECT_EQ(complete({"logs", "wordcount", "-f", "core-1", ""}, names),
            Names{"wordcount-core-1-role"});
  EXPECT_TRUE(complete({"run", "wordcount", "--", "hdfs", ""}, names).empty());
  for (const std::string& word : complete({""}, names))
    EXPECT_FALSE(word.starts_with("__")) << word;
}

TEST(CommandReference, IsWhatDocsCliMdSays) {
  const std::string path = std::string(TUSKER_SOURCE_DIR) + "/docs/cli.md";
  if (std::getenv("TK_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomic(path, command_reference(), 0644).ok());
  }
  const Result<std::string> page = read_file(path);
  ASSERT_TRUE(page.ok()) << page.error().message();
  EXPECT_EQ(*page, command_reference()) << "write it anew with: make docs";
}

}  // namespace
}  // namespace tusker::cli
