#include "model/network.h"

#include <algorithm>
#include <charconv>

namespace tusker {
namespace {

std::uint32_t mask_of(int prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

// A decimal number of at most three digits, without a sign or leading zeros.
bool take_number(std::string_view& text, std::uint32_t most, std::uint32_t& out) {
  const char* const end = text.data() + std::min<std::size_t>(text.size(), 3);
  const auto [after, failure] = std::from_chars(text.data(), end, out);
  const auto length = static_cast<std::size_t>(after - text.data());
  if (failure != std::errc() || out > most || (length > 1 && text.front() == '0')) return false;
  text.remove_prefix(length);
  return true;
}

bool take_address(std::string_view& text, std::uint32_t& out) {
  out = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (text.empty() || text.front() != '.') return false;
      text.remove_prefix(1);
    }
    std::uint32_t number = 0;
    if (!take_number(text, 255, number)) return false;
    out = out << 8 | number;
  }
  return true;
}

}  // namespace

bool Cidr::contains(std::uint32_t other) const {
  return (other & mask_of(prefix)) == address;
}

bool Cidr::overlaps(const Cidr& other) const {
  return prefix <= other.prefix ? contains(other.address) : other.contains(address);
}

Result<Cidr> parse_cidr(std::string_view text) {
  std::string_view rest = text;
  Cidr network;
  std::uint32_t prefix = 0;
  bool good = take_address(rest, network.address) && !rest.empty() && rest.front() == '/';
  if (good) {
    rest.remove_prefix(1);
    good = take_number(rest, 32, prefix) && rest.empty();
  }
  if (!good) {
    return Error::make(ErrorCode::InvalidArgument,
                       "expected an IPv4 network such as 10.231.0.0/16, found \"{}\"",
                       text.substr(0, 40));
  }
  network.prefix = static_cast<int>(prefix);
  if ((network.address & ~mask_of(network.prefix)) != 0) {
    return Error::make(ErrorCode::InvalidArgument,
                       "{} has host bits set; {}/{} is the network",
                       text,
                       address_text(network.address & mask_of(network.prefix)),
                       network.prefix);
  }
  return network;
}

Result<std::uint32_t> parse_address(std::string_view text) {
  std::string_view rest = text;
  std::uint32_t address = 0;
  if (take_address(rest, address) && rest.empty()) return address;
  return Error::make(ErrorCode::InvalidArgument,
                     "expected an IPv4 address such as 10.231.0.2, found \"{}\"",
                     text.substr(0, 40));
}

std::string address_text(std::uint32_t address) {
  return fmt::format(
      "{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

std::string to_text(const Cidr& network) {
  return fmt::format("{}/{}", address_text(network.address), network.prefix);
}

Result<Cidr> choose_subnet(const Cidr& range,
                           const std::vector<Cidr>& taken,
                           const std::vector<Cidr>& routes) {
  if (range.prefix > kHostPrefix) {
    return Error::make(ErrorCode::InvalidArgument,
                       "the address range {} is smaller than one host's /{}; give a larger one",
                       to_text(range),
                       kHostPrefix);
  }
  const auto any_overlaps = [](const std::vector<Cidr>& networks, const Cidr& candidate) {
    return std::any_of(
        networks.begin(), networks.end(), [&](const Cidr& one) { return one.overlaps(candidate); });
  };
  // A default route reaches everything and says nothing about a network of its own.
  std::vector<Cidr> in_the_way;
  for (const Cidr& route : routes) {
    if (route.prefix > 0 && route.overlaps(range)) in_the_way.push_back(route);
  }
  std::uint64_t used = 0;
  const std::uint64_t count = std::uint64_t{1} << (kHostPrefix - range.prefix);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Cidr candidate{range.address + static_cast<std::uint32_t>(i << (32 - kHostPrefix)),
                         kHostPrefix};
    if (any_overlaps(taken, candidate)) {
      ++used;
    } else if (!any_overlaps(in_the_way, candidate)) {
      return candidate;
    }
  }
  std::string networks;
  for (const Cidr& route : in_the_way) networks += (networks.empty() ? "" : ", ") + to_text(route);
  return Error::make(ErrorCode::ResourceExhausted,
                     "no /{} is left in the address range {}: {} of {} are other hosts', the rest "
                     "is what the host reaches "
                     "already ({}). Choose another range with --address-range",
                     kHostPrefix,
                     to_text(range),
                     used,
                     count,
                     networks.empty() ? "no route" : networks);
}

std::uint32_t bridge_address(const Cidr& subnet) {
  return subnet.address + 1;
}

std::vector<std::uint32_t> node_addresses(const Cidr& subnet) {
  std::vector<std::uint32_t> addresses;
  const auto broadcast = static_cast<std::uint32_t>(subnet.address + subnet.size() - 1);
  for (std::uint32_t address = bridge_address(subnet) + 1; address < broadcast; ++address)
    addresses.push_back(address);
  return addresses;
}

}  // namespace tusker
