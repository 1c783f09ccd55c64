#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/host_layout.h"
#include "base/process.h"
#include "base/result.h"

namespace tusker {

// Who may reach a node: its address -> the addresses of its peers.
using PeerTable = std::map<std::string, std::vector<std::string>>;

// Rules of one agent, as text for `nft -f` (one table, replaced as a whole) and for
// `iptables-restore --noflush` (chains of its own). Pure. Nodes reach their peers; this host's root
// reaches nodes; nodes get answers and ping; all else is dropped.
std::string nftables_rules(const HostLayout& host, const PeerTable& peers);
std::string iptables_rules(const HostLayout& host, const PeerTable& peers);

// Keeps the rules in force, by nftables where it works, else by iptables. Also accepts traffic
// between nodes in the forward chains of Docker, ufw and firewalld: a packet passes only if every
// table lets it, so theirs would cut nodes off.
//
// Programs are run only when the rules changed, and once in a while to see whether somebody came or
// flushed. One thread at a time.
class Firewall {
 public:
  Firewall(const HostLayout& host, ProcessRunner& runner) : host_(host), runner_(runner) {}

  Status apply(const PeerTable& peers);
  // As after somebody flushed everything: the rules are put in force again if they are not there
  // any more. Costs two programs.
  Status check();
  // Nothing of ours is left, whichever program made it. Idempotent.
  Status remove();

 private:
  enum class Kind { Unknown, Nftables, Iptables };
  Status choose();
  Status put_in_force();
  Status accept_in_others();
  Status accept_in_iptables();
  Status accept_in_firewalld();
  Status remove_iptables();

  const HostLayout host_;
  ProcessRunner& runner_;
  Kind kind_ = Kind::Unknown;
  std::string rules_;  // in force; empty: none yet
};

}  // namespace tusker
