#pragma once

#include <string>

#include "agent/host_layout.h"
#include "agent/netlink.h"
#include "base/result.h"

namespace tusker {

// The bridge exists, is up, has the first address of the subnet and routes between its ports.
// Idempotent.
//
// Ports are isolated from each other on the link and nodes have addresses of 32 bits, so that every
// packet from node to node is routed and passes the firewall's forward chain, on every kernel:
// filtering on the link itself needs modules that hosts lack. Only this interface forwards; the
// machine's own setting is left alone.
Status ensure_bridge(const HostLayout& host, const Ipv4Network& subnet);

// A new network namespace is held at NodeLayout::network(), with eth0, the address and the way to
// the bridge; the host's end has the node's id for a name. What there was of either is replaced, so
// the container must not run.
Status make_node_network(const HostLayout& host,
                         const NodeLayout& node,
                         Ipv4 address,
                         Ipv4 gateway);

// Neither interface nor namespace is left, nor where on the bridge its address was. Idempotent.
Status remove_node_network(const HostLayout& host, const NodeLayout& node);

}  // namespace tusker
