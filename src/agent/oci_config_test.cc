#include "agent/oci_config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

namespace tusker {
namespace {

namespace json = boost::json;

// The value at a JSON pointer; a failed test says what stands there instead.
const json::value& at(const json::value& document, std::string_view pointer) {
  static const json::value nothing;
  boost::system::error_code failure;
  const json::value* found = document.find_pointer(pointer, failure);
  EXPECT_NE(found, nullptr) << pointer << " is not in " << document;
  return found == nullptr ? nothing : *found;
}

bool has(const json::value& document, std::string_view pointer) {
  boost::system::error_code failure;
  return document.find_pointer(pointer, failure) != nullptr;
}

bool contains(const json::value& array, std::string_view word) {
  const json::array& words = array.as_array();
  return std::find(words.begin(), words.end(), json::value(word)) != words.end();
}

ContainerSpec node() {
  ContainerSpec spec;
  spec.hostname = "core-1";
  spec.root = "/data/root";
  spec.network_namespace = "/run/netns";
  spec.cgroup = "/tusker/1a2b3c4d/emr-vm-00000001";
  spec.mounts = {{"/data/etc", "/etc/tusker", true}, {"/data/disk", "/data/1", false}};
  spec.environment = {{"PATH", "/bin"}};
  spec.argv = {"s6-svscan", "/run/tusker/service"};
  spec.memory_bytes = 1 << 30;
  spec.cpu_shares = 512;
  spec.pids = 200;
  spec.nofile = 4096;
  spec.oom_score_adj = -500;
  return spec;
}

json::value config_of(const ContainerSpec& spec) {
  return json::parse(container_config(spec));
}

const json::value& mount_at(const json::value& config, std::string_view destination) {
  for (const json::value& mount : at(config, "/mounts").as_array()) {
    if (at(mount, "/destination") == json::value(destination)) return mount;
  }
  ADD_FAILURE() << "nothing is mounted at " << destination;
  return config;
}

TEST(ContainerConfig, SaysWhatTheNodeIs) {
  const json::value config = config_of(node());
  EXPECT_EQ(at(config, "/hostname"), "core-1");
  EXPECT_EQ(at(config, "/root/path"), "/data/root");
  EXPECT_EQ(at(config, "/linux/cgroupsPath"), "/tusker/1a2b3c4d/emr-vm-00000001");
  EXPECT_EQ(at(config, "/process/args"), (json::array{"s6-svscan", "/run/tusker/service"}));
  EXPECT_EQ(at(config, "/process/env"), (json::array{"PATH=/bin"}));
}

TEST(ContainerConfig, SetsEveryLimit) {
  const json::value config = config_of(node());
  EXPECT_EQ(at(config, "/linux/resources/memory/limit"), 1 << 30);
  EXPECT_EQ(at(config, "/linux/resources/memory/swap"), 1 << 30) << "memory and swap: no swap";
  EXPECT_EQ(at(config, "/linux/resources/cpu/shares"), 512);
  EXPECT_EQ(at(config, "/linux/resources/pids/limit"), 200);
  EXPECT_EQ(at(config, "/process/rlimits/0/type"), "RLIMIT_NOFILE");
  EXPECT_EQ(at(config, "/process/rlimits/0/hard"), 4096);
  EXPECT_EQ(at(config, "/process/oomScoreAdj"), -500);
}

TEST(ContainerConfig, SetsNoLimitThatWasNotAskedForOrTheKernelDoesNotKnow) {
  ContainerSpec spec = node();
  spec.limit_swap = false;
  EXPECT_FALSE(has(config_of(spec), "/linux/resources/memory/swap"));
  spec.memory_bytes = spec.nofile = spec.cpu_shares = spec.pids = 0;
  const json::value config = config_of(spec);
  EXPECT_FALSE(has(config, "/linux/resources/memory"));
  EXPECT_FALSE(has(config, "/linux/resources/cpu"));
  EXPECT_FALSE(has(config, "/linux/resources/pids"));
  EXPECT_TRUE(at(config, "/process/rlimits").as_array().empty());
}

TEST(ContainerConfig, GivesNobodyMoreThanItHas) {
  const json::value config = config_of(node());
  EXPECT_EQ(at(config, "/process/noNewPrivileges"), true);
  for (const char* set : {"bounding", "effective", "permitted"}) {
    const json::value& capabilities = at(config, std::string("/process/capabilities/") + set);
    EXPECT_TRUE(contains(capabilities, "CAP_SETUID")) << "s6-applyuidgid needs it";
    for (const char* dropped : {"CAP_SYS_ADMIN",
                                "CAP_NET_ADMIN",
                                "CAP_NET_RAW",
                                "CAP_SYS_PTRACE",
                                "CAP_MKNOD",
                                "CAP_SYS_MODULE",
                                "CAP_DAC_READ_SEARCH",
                                "CAP_SYS_CHROOT",
                                "CAP_SYS_RESOURCE",
                                "CAP_SYS_BOOT",
                                "CAP_SYS_TIME"}) {
      EXPECT_FALSE(contains(capabilities, dropped)) << set << " " << dropped;
    }
  }
  EXPECT_FALSE(has(config, "/process/capabilities/ambient"));
  EXPECT_FALSE(has(config, "/process/capabilities/inheritable"));
  EXPECT_EQ(at(config, "/linux/resources/devices/0/allow"), false);
  EXPECT_EQ(at(config, "/linux/resources/devices/0/access"), "rwm");
  EXPECT_EQ(at(config, "/linux/seccomp/defaultAction"), "SCMP_ACT_ERRNO");
  EXPECT_TRUE(contains(at(config, "/linux/maskedPaths"), "/proc/kcore"));
  EXPECT_TRUE(contains(at(config, "/linux/readonlyPaths"), "/proc/sys"));
  EXPECT_TRUE(contains(at(mount_at(config, "/sys"), "/options"), "ro"));
}

TEST(ContainerConfig, HasNamespacesOfItsOwn) {
  const json::value config = config_of(node());
  std::vector<std::string> kinds;
  for (const json::value& space : at(config, "/linux/namespaces").as_array()) {
    kinds.emplace_back(at(space, "/type").as_string());
    if (kinds.back() == "network") {
      EXPECT_EQ(at(space, "/path"), "/run/netns");
    } else {
      EXPECT_FALSE(has(space, "/path")) << "made anew";
    }
  }
  std::sort(kinds.begin(), kinds.end());
  EXPECT_EQ(kinds, (std::vector<std::string>{"ipc", "mount", "network", "pid", "uts"}));
}

TEST(ContainerConfig, BindsFoldersAsToldAndWithoutDevicesOrSetuid) {
  const json::value config = config_of(node());
  const json::value& files = mount_at(config, "/etc/tusker");
  EXPECT_EQ(at(files, "/source"), "/data/etc");
  EXPECT_TRUE(contains(at(files, "/options"), "ro"));
  EXPECT_FALSE(contains(at(files, "/options"), "rw"));
  const json::value& disk = mount_at(config, "/data/1");
  EXPECT_TRUE(contains(at(disk, "/options"), "rw"));
  for (const json::value* mount : {&files, &disk}) {
    EXPECT_TRUE(contains(at(*mount, "/options"), "nosuid"));
    EXPECT_TRUE(contains(at(*mount, "/options"), "nodev"));
  }
}

ProcessSpec program(uid_t uid) {
  ProcessSpec spec;
  spec.user = {"hadoop", uid, 61102, "/home/hadoop", "/bin/sh", {7, 8}};
  spec.argv = {"hdfs", "dfs", "-ls", "\"q\" \\ \n\t$HOME ä"};
  spec.environment = {{"A", "b=c \"d\""}};
  spec.directory = "/home/hadoop";
  spec.oom_score_adj = 500;
  return spec;
}

TEST(ProcessConfig, RunsAsItsUserWithTheWordsAsTheyWereGiven) {
  const json::value config = json::parse(process_config(program(61101)));
  EXPECT_EQ(at(config, "/user/uid"), 61101);
  EXPECT_EQ(at(config, "/user/gid"), 61102);
  EXPECT_EQ(at(config, "/user/additionalGids"), (json::array{7, 8}));
  const json::array args = at(config, "/args").as_array();
  ASSERT_EQ(args.size(), 8U) << "a shell that sets its oom_score_adj comes first";
  EXPECT_EQ(args[2], "echo 500 2>/dev/null >/proc/self/oom_score_adj; exec \"$@\"");
  EXPECT_EQ(json::array(args.begin() + 4, args.end()),
            (json::array{"hdfs", "dfs", "-ls", "\"q\" \\ \n\t$HOME ä"}));
  EXPECT_EQ(at(config, "/env"), (json::array{"A=b=c \"d\""}));
  EXPECT_EQ(at(config, "/cwd"), "/home/hadoop");
  EXPECT_EQ(at(config, "/terminal"), false);
}

TEST(ProcessConfig, LeavesAUserWithoutAnyCapability) {
  const json::value config = json::parse(process_config(program(61101)));
  EXPECT_EQ(at(config, "/noNewPrivileges"), true);
  for (const auto& [set, names] : at(config, "/capabilities").as_object()) {
    EXPECT_TRUE(names.as_array().empty()) << set << " " << names;
  }
  EXPECT_TRUE(has(config, "/capabilities/bounding")) << "left out, runc would keep the container's";
}

TEST(ProcessConfig, GivesRootNoMoreThanTheNodeHas) {
  const json::value config = json::parse(process_config(program(0)));
  EXPECT_EQ(at(config, "/noNewPrivileges"), true);
  EXPECT_EQ(at(config, "/capabilities"), at(config_of(node()), "/process/capabilities"));
}

TEST(BaseEnvironment, HasNothingOfTheHost) {
  ASSERT_EQ(::setenv("TUSKER_TEST_SECRET", "x", 1), 0);
  const auto environment = base_environment();
  ::unsetenv("TUSKER_TEST_SECRET");
  EXPECT_EQ(environment.size(), 2U);
  EXPECT_EQ(environment.at("LANG"), "C.UTF-8");
  EXPECT_NE(environment.at("PATH").find("/usr/bin"), std::string::npos);
}

}  // namespace
}  // namespace tusker
