#include "agent/netlink.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace tusker {

Result<Ipv4> Ipv4::parse(std::string_view text) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) {
    return Error::make(
        ErrorCode::InvalidArgument, "expected an IPv4 address, found '{:.40}'", text);
  }
  return Ipv4{ntohl(address.s_addr)};
}

std::string Ipv4::text() const {
  return fmt::format("{}.{}.{}.{}", value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255);
}

Result<Ipv4Network> Ipv4Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  TK_TRY(const Ipv4 base, Ipv4::parse(text.substr(0, slash)));
  int prefix = -1;
  if (slash != std::string_view::npos)
    std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
  if (prefix < 8 || prefix > 30) {
    return Error::make(
        ErrorCode::InvalidArgument, "expected a network a.b.c.d/8 to /30, found '{:.40}'", text);
  }
  Ipv4Network network{base, prefix};
  network.base.value &= ~((1U << (32 - prefix)) - 1);
  return network;
}

bool Ipv4Network::contains(Ipv4 address) const {
  return prefix == 0 || (address.value >> (32 - prefix)) == (base.value >> (32 - prefix));
}

unsigned interface_index(const std::string& name) {
  return ::if_nametoindex(name.c_str());
}

// A request as rtnetlink wants it: header, family's header, attributes, some nested.
class Netlink::Message {
 public:
  template <typename Body>
  Message(std::uint16_t type, std::uint16_t flags, const Body& body) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(&header, sizeof header);
    append(&body, sizeof body);
  }

  Message& put(std::uint16_t type, const void* data, std::size_t size) {
    rtattr attribute{static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
    append(&attribute, sizeof attribute);
    append(data, size);
    return *this;
  }
  Message& put(std::uint16_t type, std::string_view text) {
    const std::string terminated(text);
    return put(type, terminated.c_str(), terminated.size() + 1);
  }
  Message& put(std::uint16_t type, std::uint32_t value) { return put(type, &value, sizeof value); }
  Message& put(std::uint16_t type, const MacAddress& mac) {
    return put(type, mac.data(), mac.size());
  }
  Message& put(std::uint16_t type, Ipv4 address) { return put(type, htonl(address.value)); }

  // Everything until end() belongs to this attribute.
  Message& begin(std::uint16_t type) {
    nests_.push_back(bytes_.size());
    const rtattr attribute{0, type};
    append(&attribute, sizeof attribute);
    return *this;
  }
  Message& begin(std::uint16_t type, const ifinfomsg& body) {
    begin(type);
    append(&body, sizeof body);
    return *this;
  }
  Message& end() {
    const std::size_t at = nests_.back();
    nests_.pop_back();
    const auto size = static_cast<std::uint16_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &size, sizeof size);
    return *this;
  }

  const std::string& finish(std::uint32_t sequence) {
    const auto size = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_len), &size, sizeof size);
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof sequence);
    return bytes_;
  }

 private:
  void append(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }
  std::string bytes_;
  std::vector<std::size_t> nests_;
};

Result<Netlink> Netlink::open() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return Error::from_errno(errno, "rtnetlink socket");
  const timeval limit{10, 0};  // the kernel answers at once; never hang if it does not
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return Netlink(std::move(fd));
}

Status Netlink::send(Message& message, std::string_view doing) {
  return exchange(message, doing, [](const nlmsghdr&) {});
}

Status Netlink::exchange(Message& message,
                         std::string_view doing,
                         const std::function<void(const nlmsghdr&)>& told) {
  const std::uint32_t sequence = ++sequence_;
  const std::string& bytes = message.finish(sequence);
  if (::send(socket_.get(), bytes.data(), bytes.size(), 0) < 0)
    return Error::from_errno(errno, doing);
  for (;;) {
    alignas(nlmsghdr) char block[8192];
    const ssize_t n = ::recv(socket_.get(), block, sizeof block, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error::from_errno(errno, doing);
    auto left = static_cast<unsigned>(n);
    for (auto* at = reinterpret_cast<nlmsghdr*>(block); NLMSG_OK(at, left);
         at = NLMSG_NEXT(at, left)) {
      if (at->nlmsg_seq != sequence) continue;
      if (at->nlmsg_type == NLMSG_DONE) return ok_status();
      if (at->nlmsg_type != NLMSG_ERROR) {
        told(*at);
        continue;
      }
      const int number = -static_cast<const nlmsgerr*>(NLMSG_DATA(at))->error;
      if (number == 0) return ok_status();
      return Error::from_errno(number, doing);
    }
  }
}

namespace {

Result<ifinfomsg> link_named(const std::string& name) {
  ifinfomsg info{};
  info.ifi_family = AF_UNSPEC;
  info.ifi_index = static_cast<int>(interface_index(name));
  if (info.ifi_index == 0) return Error::make(ErrorCode::NotFound, "no interface {}", name);
  return info;
}

}  // namespace

Status Netlink::add_bridge(const std::string& name, const MacAddress& mac) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  message.put(IFLA_IFNAME, name).put(IFLA_ADDRESS, mac);
  message.begin(IFLA_LINKINFO).put(IFLA_INFO_KIND, "bridge").end();
  return send(message, "add bridge " + name);
}

Status Netlink::add_veth(const std::string& name,
                         const MacAddress& mac,
                         const std::string& peer,
                         int peer_namespace) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  message.put(IFLA_IFNAME, name).put(IFLA_ADDRESS, mac);
  message.begin(IFLA_LINKINFO).put(IFLA_INFO_KIND, "veth").begin(IFLA_INFO_DATA);
  message.begin(VETH_INFO_PEER, ifinfomsg{}).put(IFLA_IFNAME, peer);
  message.put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(peer_namespace));
  message.end().end().end();
  return send(message, fmt::format("add interfaces {} and {}", name, peer));
}

Status Netlink::delete_link(const std::string& name) {
  auto link = link_named(name);
  if (!link.ok()) return ok_status();
  Message message(RTM_DELLINK, 0, *link);
  Status deleted = send(message, "delete interface " + name);
  // It may go with its network namespace at this moment.
  if (!deleted.ok() && interface_index(name) == 0) return ok_status();
  return deleted;
}

Status Netlink::set_up(const std::string& name) {
  TK_TRY(ifinfomsg info, link_named(name));
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  Message message(RTM_NEWLINK, 0, info);
  return send(message, "set up " + name);
}

Status Netlink::set_master(const std::string& name, const std::string& bridge) {
  TK_TRY(const ifinfomsg info, link_named(name));
  Message message(RTM_NEWLINK, 0, info);
  message.put(IFLA_MASTER, static_cast<std::uint32_t>(interface_index(bridge)));
  return send(message, fmt::format("put {} on bridge {}", name, bridge));
}

Status Netlink::add_address(const std::string& name, Ipv4 address, int prefix) {
  ifaddrmsg body{};
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = static_cast<std::uint8_t>(prefix);
  body.ifa_index = interface_index(name);
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body);
  message.put(IFA_LOCAL, address).put(IFA_ADDRESS, address);
  return send(message, fmt::format("give {} the address {}/{}", name, address.text(), prefix));
}

Status Netlink::add_gateway(const std::string& name, Ipv4 gateway, Ipv4 source) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_type = RTN_UNICAST;
  const std::uint32_t index = interface_index(name);

  rtmsg on_link = body;
  on_link.rtm_dst_len = 32;
  on_link.rtm_scope = RT_SCOPE_LINK;
  Message direct(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, on_link);
  direct.put(RTA_DST, gateway).put(RTA_OIF, index).put(RTA_PREFSRC, source);
  TK_TRY_VOID(send(direct, "add route to " + gateway.text()));

  Message rest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, body);
  rest.put(RTA_GATEWAY, gateway).put(RTA_OIF, index).put(RTA_PREFSRC, source);
  return send(rest, "add default route");
}

Status Netlink::forget_neighbours(const std::string& name) {
  ndmsg body{};
  body.ndm_family = AF_INET;
  body.ndm_ifindex = static_cast<int>(interface_index(name));
  std::vector<std::uint32_t> found;
  Message all(RTM_GETNEIGH, NLM_F_DUMP, body);
  TK_TRY_VOID(exchange(all, "list neighbours", [&](const nlmsghdr& header) {
    if (header.nlmsg_type != RTM_NEWNEIGH || header.nlmsg_len < NLMSG_LENGTH(sizeof(ndmsg))) return;
    const auto* neighbour = static_cast<const ndmsg*>(NLMSG_DATA(&header));
    if (neighbour->ndm_ifindex != body.ndm_ifindex || (neighbour->ndm_state & NUD_PERMANENT) != 0)
      return;
    auto left = header.nlmsg_len - NLMSG_LENGTH(sizeof(ndmsg));
    const auto* at = reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(neighbour) +
                                                     NLMSG_ALIGN(sizeof(ndmsg)));
    for (; RTA_OK(at, left); at = RTA_NEXT(at, left)) {
      std::uint32_t address = 0;
      if (at->rta_type != NDA_DST || RTA_PAYLOAD(at) != sizeof address) continue;
      std::memcpy(&address, RTA_DATA(at), sizeof address);
      found.push_back(address);
    }
  }));
  for (const std::uint32_t address : found) {
    Message gone(RTM_DELNEIGH, 0, body);
    gone.put(NDA_DST, address);
    Status status = send(gone, "forget a neighbour of " + name);
    if (!status.ok() && status.error().code() != ErrorCode::NotFound) return status;
  }
  return ok_status();
}

}  // namespace tusker
