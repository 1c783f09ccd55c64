#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// An IPv4 network. The host bits of `address` are zero.
struct Cidr {
  std::uint32_t address = 0;  // host byte order
  int prefix = 0;             // 0 to 32

  std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix); }
  bool contains(std::uint32_t other) const;
  bool overlaps(const Cidr& other) const;
  friend bool operator==(const Cidr&, const Cidr&) = default;
};

// "10.231.0.64/26". InvalidArgument: not that form, or host bits set.
Result<Cidr> parse_cidr(std::string_view text);
// "10.231.0.65".
Result<std::uint32_t> parse_address(std::string_view text);
std::string to_text(const Cidr& network);
std::string address_text(std::uint32_t address);

// A host's share of the installation's range: 64 addresses, the first usable one is the bridge's,
// 61 are left for nodes.
constexpr int kHostPrefix = 26;

// The first /26 of `range` that overlaps none of `taken` (other hosts' subnets) and none of
// `routes` (what the host reaches already; a default route, of prefix 0, is no network of its own
// and does not count). InvalidArgument: the range is smaller than a /26. ResourceExhausted: nothing
// is left; the message says how many are taken and which routes are in the way.
Result<Cidr> choose_subnet(const Cidr& range,
                           const std::vector<Cidr>& taken,
                           const std::vector<Cidr>& routes);

// The bridge's address of a host's subnet, and the addresses its nodes may have, lowest first.
std::uint32_t bridge_address(const Cidr& subnet);
std::vector<std::uint32_t> node_addresses(const Cidr& subnet);

}  // namespace tusker
