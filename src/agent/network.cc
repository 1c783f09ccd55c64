#include "agent/network.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "agent/mounts.h"
#include "base/encoding.h"

namespace tusker {
namespace {

// /proc and /sys files take one write; there is nothing to rename.
Status write_setting(const std::string& path, std::string_view value) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return Error::from_errno(errno, path);
  if (::write(fd.get(), value.data(), value.size()) < 0) {
    return Error::from_errno(errno, fmt::format("write {} to {}", value, path));
  }
  return ok_status();
}

// IPv6 is off where we are responsible; a kernel without it has no such file.
Status disable_ipv6(const std::string& interface) {
  const std::string path = "/proc/sys/net/ipv6/conf/" + interface + "/disable_ipv6";
  return path_exists(path) ? write_setting(path, "1") : ok_status();
}

// Locally administered, from what identifies the interface: the same after it was made again, so no
// neighbour's cache is wrong.
MacAddress mac_from(std::string_view identity) {
  const Sha256Digest digest = sha256(identity);
  return {0x02, digest[0], digest[1], digest[2], digest[3], digest[4]};
}

Status ignore_existing(Status status) {
  if (!status.ok() && status.error().code() == ErrorCode::AlreadyExists) return ok_status();
  return status;
}

// Runs on a thread of its own, which leaves the host's network namespace for ever.
Status furnish_namespace(const NodeLayout& node, Ipv4 address, Ipv4 gateway, int host_namespace) {
  if (::unshare(CLONE_NEWNET) != 0) return Error::from_errno(errno, "make a network namespace");
  if (::mount("/proc/thread-self/ns/net", node.network().c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return Error::from_errno(errno, "hold the network namespace at " + node.network());
  }
  TK_TRY_VOID(disable_ipv6("all"));
  TK_TRY_VOID(disable_ipv6("default"));
  // The way to a neighbour is through the host: nobody is to be told a shorter one.
  TK_TRY_VOID(write_setting("/proc/sys/net/ipv4/conf/all/accept_redirects", "0"));
  TK_TRY_VOID(write_setting("/proc/sys/net/ipv4/conf/default/accept_redirects", "0"));

  TK_TRY(Netlink netlink, Netlink::open());
  TK_TRY_VOID(netlink.set_up("lo"));
  TK_TRY_VOID(netlink.add_veth("eth0", mac_from(address.text()), node.id, host_namespace));
  TK_TRY_VOID(netlink.add_address("eth0", address, 32));
  TK_TRY_VOID(netlink.set_up("eth0"));
  return netlink.add_gateway("eth0", gateway, address);
}

}  // namespace

Status ensure_bridge(const HostLayout& host, const Ipv4Network& subnet) {
  const std::string bridge = host.bridge();
  TK_TRY(Netlink netlink, Netlink::open());
  if (interface_index(bridge) == 0) {
    TK_TRY_VOID(ignore_existing(netlink.add_bridge(bridge, mac_from(host.host_id))));
  }
  TK_TRY_VOID(disable_ipv6(bridge));
  TK_TRY_VOID(write_setting("/proc/sys/net/ipv4/conf/" + bridge + "/forwarding", "1"));
  TK_TRY_VOID(write_setting("/proc/sys/net/ipv4/conf/" + bridge + "/send_redirects", "0"));
  TK_TRY_VOID(netlink.add_address(bridge, subnet.first(), subnet.prefix));
  return netlink.set_up(bridge);
}

Status make_node_network(const HostLayout& host,
                         const NodeLayout& node,
                         Ipv4 address,
                         Ipv4 gateway) {
  TK_TRY_VOID(remove_node_network(host, node));
  const UniqueFd holder(::open(node.network().c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!holder) return Error::from_errno(errno, node.network());
  const UniqueFd ours(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!ours) return Error::from_errno(errno, "our network namespace");

  Status made = ok_status();
  std::thread([&] { made = furnish_namespace(node, address, gateway, ours.get()); }).join();
  TK_TRY_VOID(std::move(made));

  TK_TRY(Netlink netlink, Netlink::open());
  TK_TRY_VOID(disable_ipv6(node.id));
  TK_TRY_VOID(netlink.set_master(node.id, host.bridge()));
  TK_TRY_VOID(write_setting("/sys/class/net/" + node.id + "/brport/isolated", "1"));
  return netlink.set_up(node.id);
}

Status remove_node_network(const HostLayout& host, const NodeLayout& node) {
  TK_TRY(Netlink netlink, Netlink::open());
  TK_TRY_VOID(netlink.delete_link(node.id));
  TK_TRY_VOID(netlink.forget_neighbours(host.bridge()));
  TK_TRY_VOID(unmount(node.network()));
  if (::unlink(node.network().c_str()) != 0 && errno != ENOENT)
    return Error::from_errno(errno, node.network());
  return ok_status();
}

}  // namespace tusker
