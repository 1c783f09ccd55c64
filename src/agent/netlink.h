#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

struct nlmsghdr;

namespace tusker {

// An IPv4 address, in host byte order.
struct Ipv4 {
  std::uint32_t value = 0;
  static Result<Ipv4> parse(std::string_view text);
  std::string text() const;
  friend auto operator<=>(const Ipv4&, const Ipv4&) = default;
};

// a.b.c.d/n
struct Ipv4Network {
  Ipv4 base;
  int prefix = 32;
  static Result<Ipv4Network> parse(std::string_view text);
  Ipv4 first() const { return {base.value + 1}; }
  bool contains(Ipv4 address) const;
};

using MacAddress = std::array<std::uint8_t, 6>;

// Network interfaces of the network namespace in which it was opened, by rtnetlink(7). One thread.
class Netlink {
 public:
  static Result<Netlink> open();

  // AlreadyExists is an error of these two.
  Status add_bridge(const std::string& name, const MacAddress& mac);
  // Two ends; `peer` is put into the network namespace `peer_namespace`.
  Status add_veth(const std::string& name,
                  const MacAddress& mac,
                  const std::string& peer,
                  int peer_namespace);
  // No interface of that name is left.
  Status delete_link(const std::string& name);

  Status set_up(const std::string& name);
  Status set_master(const std::string& name, const std::string& bridge);
  Status add_address(const std::string& name, Ipv4 address, int prefix);
  // To one address directly on the link, then everything else through it.
  Status add_gateway(const std::string& name, Ipv4 gateway, Ipv4 source);
  // Which link addresses were found behind an interface. Those in use are asked for again; the
  // kernel itself drops none before there are some hundred.
  Status forget_neighbours(const std::string& name);

 private:
  explicit Netlink(UniqueFd socket) : socket_(std::move(socket)) {}
  class Message;
  Status send(Message& message, std::string_view doing);
  // `told` gets each message of the answer.
  Status exchange(Message& message,
                  std::string_view doing,
                  const std::function<void(const nlmsghdr&)>& told);

  UniqueFd socket_;
  std::uint32_t sequence_ = 0;
};

// Number of an interface of the calling thread's network namespace; 0 if there is none.
unsigned interface_index(const std::string& name);

}  // namespace tusker
