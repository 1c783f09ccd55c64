#include "agent/host_facts.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace tusker {
namespace {

constexpr std::string_view kHeadings =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

std::string row(std::string_view interface, std::string_view destination, std::string_view mask) {
  return fmt::format(
      "{}\t{}\t0100000A\t0003\t0\t0\t100\t{}\t0\t0\t0\n", interface, destination, mask);
}

std::vector<std::string> routes(const std::string& rows) {
  return routes_of(std::string(kHeadings) + rows);
}

TEST(Routes, AreNetworksOnceEach) {
  EXPECT_EQ(routes(row("eth0", "0000000A", "00FFFFFF") + row("docker0", "000011AC", "0000FFFF") +
                   row("eth1", "0000000A", "00FFFFFF") + row("eth0", "FEA9FEA9", "FFFFFFFF")),
            (std::vector<std::string>{"10.0.0.0/24", "172.17.0.0/16", "169.254.169.254/32"}));
}

TEST(Routes, LeaveOutTheDefaultAndWhatAnAgentMade) {
  EXPECT_EQ(routes(row("eth0", "00000000", "00000000") + row("tk1a2b3c4d", "8000E70A", "C0FFFFFF") +
                   row("eth0", "4000E70A", "C0FFFFFF")),
            (std::vector<std::string>{"10.231.0.64/26"}));
}

TEST(Routes, AreNoneOfATableThatIsNone) {
  EXPECT_TRUE(routes("").empty());
  EXPECT_TRUE(routes_of("").empty());
  EXPECT_TRUE(routes("eth0\n\neth0\tzz\tzz\nlo 1 2 3").empty());
}

TEST(HostFacts, AreOfThisMachine) {
  const link::HostFacts facts = read_host_facts("/absent/data/folder", "host-a");
  EXPECT_EQ(facts.hostname(), "host-a");
  EXPECT_FALSE(read_host_facts("/", "").hostname().empty());
  EXPECT_GE(facts.cpus(), 1U);
  EXPECT_GE(facts.memory_bytes(), facts.memory_available_bytes());
  EXPECT_GT(facts.memory_available_bytes(), 0U);
  EXPECT_GE(facts.disk_total_bytes(), facts.disk_free_bytes());
  EXPECT_GT(facts.disk_total_bytes(), 0U) << "of the nearest folder that there is";
  EXPECT_FALSE(facts.architecture().empty());
}

TEST(BootId, IsAUuid) {
  EXPECT_TRUE(is_uuid(boot_id())) << boot_id();
}

}  // namespace
}  // namespace tusker
