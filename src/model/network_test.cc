#include "model/network.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

Cidr net(std::string_view text) {
  return *parse_cidr(text);
}

TEST(Cidr, IsReadAndWritten) {
  for (const char* text : {"10.231.0.64/26", "0.0.0.0/0", "255.255.255.255/32", "128.0.0.0/1"}) {
    const Result<Cidr> network = parse_cidr(text);
    ASSERT_TRUE(network.ok()) << text;
    EXPECT_EQ(to_text(*network), text);
  }
  EXPECT_EQ(net("10.231.0.64/26"), (Cidr{0x0AE70040, 26}));
  EXPECT_EQ(net("10.231.0.64/26").size(), 64U);
  EXPECT_EQ(net("0.0.0.0/0").size(), std::uint64_t{1} << 32);
}

TEST(Cidr, IsNothingElse) {
  for (const char* text : {"",
                           "10.0.0.0",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/-1",
                           "10.0.0.0/08",
                           "10.0.0/8",
                           "10.0.0.0.0/8",
                           "010.0.0.0/8",
                           "256.0.0.0/8",
                           "10.0.0.0/8 ",
                           " 10.0.0.0/8",
                           "10.0.0.0/8/8",
                           "1000.0.0.0/8",
                           "10.0.0.+1/32",
                           "::/0",
                           "a"}) {
    const Result<Cidr> network = parse_cidr(text);
    ASSERT_FALSE(network.ok()) << text;
    EXPECT_EQ(network.error().code(), ErrorCode::InvalidArgument) << text;
  }
}

TEST(Cidr, WithHostBitsIsAnsweredWithTheNetworkThatWasMeant) {
  const Result<Cidr> network = parse_cidr("10.231.0.65/26");
  ASSERT_FALSE(network.ok());
  EXPECT_NE(network.error().message().find("10.231.0.64/26"), std::string::npos)
      << network.error().message();
}

TEST(Address, IsReadAndWritten) {
  EXPECT_EQ(*parse_address("10.231.0.65"), 0x0AE70041U);
  EXPECT_EQ(address_text(0x0AE70041), "10.231.0.65");
  for (const char* text : {"", "10.231.0", "10.231.0.65/26", "10.231.0.256", "10.231.0.065", "a"}) {
    EXPECT_FALSE(parse_address(text).ok()) << text;
  }
}

TEST(Cidr, ContainsAddressesUpToItsLast) {
  const Cidr network = net("10.231.0.64/26");
  EXPECT_TRUE(network.contains(network.address));
  EXPECT_TRUE(network.contains(network.address + 63));
  EXPECT_FALSE(network.contains(network.address + 64));
  EXPECT_FALSE(network.contains(network.address - 1));
  EXPECT_TRUE(net("0.0.0.0/0").contains(0xFFFFFFFF));
}

TEST(Cidr, OverlapsWhatHoldsItAndWhatItHolds) {
  const Cidr network = net("10.231.0.64/26");
  for (const char* other : {"10.231.0.64/26", "10.231.0.0/24", "10.231.0.100/32", "0.0.0.0/0"}) {
    EXPECT_TRUE(network.overlaps(net(other))) << other;
    EXPECT_TRUE(net(other).overlaps(network)) << other;
  }
  for (const char* other :
       {"10.231.0.0/26", "10.231.0.128/25", "10.230.0.0/16", "10.231.0.128/32"}) {
    EXPECT_FALSE(network.overlaps(net(other))) << other;
    EXPECT_FALSE(net(other).overlaps(network)) << other;
  }
}

TEST(Subnet, IsTheFirstThatNobodyHas) {
  const Cidr range = net("10.231.0.0/16");
  EXPECT_EQ(*choose_subnet(range, {}, {}), net("10.231.0.0/26"));
  EXPECT_EQ(*choose_subnet(range, {net("10.231.0.0/26"), net("10.231.0.128/26")}, {}),
            net("10.231.0.64/26"))
      << "a gap is filled";
  EXPECT_EQ(*choose_subnet(range, {net("10.231.0.0/24")}, {}), net("10.231.1.0/26"))
      << "whatever the size of what is taken";
}

TEST(Subnet, OverlapsNothingThatTheHostReaches) {
  const Cidr range = net("10.231.0.0/16");
  EXPECT_EQ(*choose_subnet(range, {}, {net("10.231.0.0/17"), net("172.17.0.0/16")}),
            net("10.231.128.0/26"));
  EXPECT_EQ(*choose_subnet(range, {net("10.231.0.0/26")}, {net("10.231.0.70/32")}),
            net("10.231.0.128/26"));
  EXPECT_EQ(*choose_subnet(range, {}, {net("0.0.0.0/0")}), net("10.231.0.0/26"))
      << "a default route reaches everything";
}

TEST(Subnet, UsesARangeUpToItsEnd) {
  EXPECT_EQ(*choose_subnet(net("10.231.0.64/26"), {}, {}), net("10.231.0.64/26"));
  EXPECT_EQ(*choose_subnet(net("255.255.255.128/25"), {net("255.255.255.128/26")}, {}),
            net("255.255.255.192/26"));
}

TEST(Subnet, IsRefusedInARangeThatIsTooSmall) {
  const Result<Cidr> subnet = choose_subnet(net("10.231.0.64/27"), {}, {});
  ASSERT_FALSE(subnet.ok());
  EXPECT_EQ(subnet.error().code(), ErrorCode::InvalidArgument);
}

TEST(Subnet, IsRefusedWithWhatIsInTheWay) {
  const Result<Cidr> subnet =
      choose_subnet(net("10.231.0.0/24"),
                    {net("10.231.0.0/26")},
                    {net("10.231.0.64/26"), net("10.231.0.128/25"), net("192.168.0.0/16")});
  ASSERT_FALSE(subnet.ok());
  EXPECT_EQ(subnet.error().code(), ErrorCode::ResourceExhausted);
  const std::string& message = subnet.error().message();
  EXPECT_NE(message.find("1 of 4 are other hosts'"), std::string::npos) << message;
  EXPECT_NE(message.find("(10.231.0.64/26, 10.231.0.128/25)"), std::string::npos) << message;
}

TEST(Subnet, IsSharedByTheBridgeAndSixtyOneNodes) {
  const Cidr subnet = net("10.231.0.64/26");
  EXPECT_EQ(address_text(bridge_address(subnet)), "10.231.0.65");
  const std::vector<std::uint32_t> addresses = node_addresses(subnet);
  ASSERT_EQ(addresses.size(), 61U);
  EXPECT_EQ(address_text(addresses.front()), "10.231.0.66");
  EXPECT_EQ(address_text(addresses.back()), "10.231.0.126") << "and the last one is for broadcasts";
}

}  // namespace
}  // namespace tusker
