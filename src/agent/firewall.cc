#include "agent/firewall.h"

#include <algorithm>
#include <string_view>

namespace tusker {
namespace {

std::string chain_name(const HostLayout& host, std::string_view hook) {
  return fmt::format("TUSKER-{}-{}", host.tag, hook);
}

constexpr std::string_view kHooks[] = {"FORWARD", "INPUT", "OUTPUT"};

std::vector<std::string> lines_with(std::string_view text, std::string_view needle) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.find(needle) != std::string_view::npos) out.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool has_line(std::string_view text, std::string_view wanted) {
  const auto lines = lines_with(text, wanted);
  return std::find(lines.begin(), lines.end(), wanted) != lines.end();
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    std::string_view word = line.substr(0, end);
    // iptables -S quotes comments.
    if (word.size() >= 2 && word.front() == '"' && word.back() == '"')
      word = word.substr(1, word.size() - 2);
    if (!word.empty()) words.emplace_back(word);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

// Of a program that may be missing: its output, or nothing.
std::string output_or_nothing(ProcessRunner& runner, std::vector<std::string> argv) {
  Result<std::string> output = runner.output_of({.argv = std::move(argv)});
  return output.ok() ? *std::move(output) : std::string();
}

bool is_there(ProcessRunner& runner, std::vector<std::string> argv) {
  const Result<Finished> finished = runner.run({.argv = std::move(argv)});
  return finished.ok() && finished->ok();
}

}  // namespace

std::string nftables_rules(const HostLayout& host, const PeerTable& peers) {
  std::string pairs;
  for (const auto& [node, others] : peers) {
    for (const std::string& peer : others)
      pairs += fmt::format("{}{} . {}", pairs.empty() ? "" : ", ", peer, node);
  }
  const std::string table = host.firewall_table();
  const std::string bridge = host.bridge();
  // Declared, deleted and declared again in one transaction: there is no moment without rules.
  std::string out =
      fmt::format("table inet {0} {{ }}\ndelete table inet {0}\ntable inet {0} {{\n", table);
  out += "  set pairs {\n    type ipv4_addr . ipv4_addr\n";
  if (!pairs.empty()) out += "    elements = { " + pairs + " }\n";
  out += "  }\n";
  out += fmt::format(R"(  chain forward {{
    type filter hook forward priority filter - 10; policy accept;
    iifname != "{0}" oifname != "{0}" accept
    iifname "{0}" oifname "{0}" ct state established,related accept
    iifname "{0}" oifname "{0}" ip saddr . ip daddr @pairs accept
    drop
  }}
  chain input {{
    type filter hook input priority filter - 10; policy accept;
    iifname != "{0}" accept
    ct state established,related accept
    icmp type echo-request accept
    drop
  }}
  chain output {{
    type filter hook output priority filter - 10; policy accept;
    oifname != "{0}" accept
    icmp type redirect drop
    ct state established,related accept
    meta skuid 0 accept
    reject
  }}
}}
)",
                     bridge);
  return out;
}

std::string iptables_rules(const HostLayout& host, const PeerTable& peers) {
  const std::string bridge = host.bridge();
  const std::string forward = chain_name(host, "FORWARD");
  const std::string input = chain_name(host, "INPUT");
  const std::string output = chain_name(host, "OUTPUT");
  // Naming a chain empties it, all in one transaction.
  std::string out =
      fmt::format("*filter\n:{} - [0:0]\n:{} - [0:0]\n:{} - [0:0]\n", forward, input, output);
  out += fmt::format("-A {0} ! -i {1} ! -o {1} -j RETURN\n", forward, bridge);
  out += fmt::format("-A {0} -i {1} -o {1} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n",
                     forward,
                     bridge);
  for (const auto& [node, others] : peers) {
    for (const std::string& peer : others) {
      out += fmt::format(
          "-A {0} -i {1} -o {1} -s {2} -d {3} -j ACCEPT\n", forward, bridge, peer, node);
    }
  }
  out += fmt::format("-A {} -j DROP\n", forward);
  out += fmt::format("-A {} ! -i {} -j RETURN\n", input, bridge);
  out += fmt::format("-A {} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n", input);
  out += fmt::format(
      "-A {} -p icmp --icmp-type echo-request -j ACCEPT\n-A {} -j DROP\n", input, input);
  out += fmt::format("-A {} ! -o {} -j RETURN\n", output, bridge);
  out += fmt::format("-A {} -p icmp --icmp-type redirect -j DROP\n", output);
  out += fmt::format("-A {} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n", output);
  out += fmt::format("-A {} -m owner --uid-owner 0 -j ACCEPT\n-A {} -j REJECT\n", output, output);
  return out + "COMMIT\n";
}

Status Firewall::choose() {
  if (kind_ != Kind::Unknown) return ok_status();
  if (is_there(runner_, {"nft", "list", "tables"})) {
    kind_ = Kind::Nftables;
  } else if (is_there(runner_, {"iptables", "-S", "FORWARD"})) {
    kind_ = Kind::Iptables;
  } else {
    return Error(ErrorCode::FailedPrecondition,
                 "expected a working nft or iptables, found neither; install nftables (apt-get "
                 "install nftables)");
  }
  return ok_status();
}

Status Firewall::apply(const PeerTable& peers) {
  TK_TRY_VOID(choose());
  std::string rules =
      kind_ == Kind::Nftables ? nftables_rules(host_, peers) : iptables_rules(host_, peers);
  if (rules == rules_) return ok_status();
  const bool first = rules_.empty();
  rules_ = std::move(rules);
  Status applied = put_in_force();
  if (!applied.ok()) {
    rules_.clear();
    return applied;
  }
  return first ? accept_in_others() : ok_status();
}

Status Firewall::check() {
  if (rules_.empty()) return ok_status();
  const bool there =
      kind_ == Kind::Nftables
          ? is_there(runner_, {"nft", "list", "set", "inet", host_.firewall_table(), "pairs"})
          : is_there(runner_, {"iptables", "-C", "FORWARD", "-j", chain_name(host_, "FORWARD")});
  if (!there) TK_TRY_VOID(put_in_force());
  return accept_in_others();
}

Status Firewall::put_in_force() {
  if (kind_ == Kind::Nftables) {
    TK_TRY(const std::string said,
           runner_.output_of({.argv = {"nft", "-f", "-"}, .input = rules_}));
    return ok_status();
  }
  TK_TRY(const std::string said,
         runner_.output_of({.argv = {"iptables-restore", "--noflush", "-w"}, .input = rules_}));
  for (const std::string_view hook : kHooks) {
    const std::string name(hook);
    const std::string chain = chain_name(host_, hook);
    if (is_there(runner_, {"iptables", "-w", "-C", name, "-j", chain})) continue;
    TK_TRY(const std::string inserted,
           runner_.output_of({.argv = {"iptables", "-w", "-I", name, "1", "-j", chain}}));
  }
  return ok_status();
}

Status Firewall::accept_in_others() {
  TK_TRY_VOID(accept_in_iptables());
  return accept_in_firewalld();
}

// Docker leaves DOCKER-USER to others; ufw and hand-made rules have FORWARD. A machine with neither
// is not given any rule.
Status Firewall::accept_in_iptables() {
  const std::string rules = output_or_nothing(runner_, {"iptables", "-S"});
  if (rules.find(host_.firewall_comment()) != std::string::npos) return ok_status();
  const bool docker = has_line(rules, "-N DOCKER-USER");
  const bool drops = has_line(rules, "-P FORWARD DROP");
  const auto forward = lines_with(rules, "-A FORWARD ");
  const bool others = std::any_of(forward.begin(), forward.end(), [&](const std::string& line) {
    return line.find(chain_name(host_, "FORWARD")) == std::string::npos;
  });
  if (!docker && !drops && !others) return ok_status();
  TK_TRY(const std::string said,
         runner_.output_of({.argv = {"iptables",
                                     "-w",
                                     "-I",
                                     docker ? "DOCKER-USER" : "FORWARD",
                                     "1",
                                     "-i",
                                     host_.bridge(),
                                     "-o",
                                     host_.bridge(),
                                     "-m",
                                     "comment",
                                     "--comment",
                                     host_.firewall_comment(),
                                     "-j",
                                     "ACCEPT"}}));
  return ok_status();
}

Status Firewall::accept_in_firewalld() {
  const std::string rules =
      output_or_nothing(runner_, {"nft", "list", "chain", "inet", "firewalld", "filter_FORWARD"});
  if (rules.empty() || rules.find(host_.firewall_comment()) != std::string::npos)
    return ok_status();
  const std::string rule = fmt::format(
      "insert rule inet firewalld filter_FORWARD iifname \"{0}\" oifname \"{0}\" accept comment "
      "\"{1}\"\n",
      host_.bridge(),
      host_.firewall_comment());
  TK_TRY(const std::string said, runner_.output_of({.argv = {"nft", "-f", "-"}, .input = rule}));
  return ok_status();
}

Status Firewall::remove_iptables() {
  const std::string rules = output_or_nothing(runner_, {"iptables", "-S"});
  const auto remove_line = [&](const std::string& line) -> Status {
    std::vector<std::string> argv = {"iptables", "-w", "-D"};
    for (const std::string& word : split(line.substr(3))) argv.push_back(word);  // after "-A "
    TK_TRY(const std::string said, runner_.output_of({.argv = std::move(argv)}));
    return ok_status();
  };
  for (const std::string& line : lines_with(rules, host_.firewall_comment()))
    TK_TRY_VOID(remove_line(line));
  for (const std::string_view hook : kHooks) {
    const std::string chain = chain_name(host_, hook);
    for (const std::string& line : lines_with(rules, fmt::format("-A {} -j {}", hook, chain))) {
      TK_TRY_VOID(remove_line(line));
    }
    if (!has_line(rules, "-N " + chain)) continue;
    TK_TRY(const std::string flushed, runner_.output_of({.argv = {"iptables", "-w", "-F", chain}}));
    TK_TRY(const std::string deleted, runner_.output_of({.argv = {"iptables", "-w", "-X", chain}}));
  }
  return ok_status();
}

Status Firewall::remove() {
  rules_.clear();
  TK_TRY_VOID(remove_iptables());
  const std::string table = host_.firewall_table();
  if (!lines_with(output_or_nothing(runner_, {"nft", "list", "tables"}), "table inet " + table)
           .empty()) {
    TK_TRY(const std::string said,
           runner_.output_of({.argv = {"nft", "delete", "table", "inet", table}}));
  }
  const std::string firewalld = output_or_nothing(
      runner_, {"nft", "-a", "list", "chain", "inet", "firewalld", "filter_FORWARD"});
  for (const std::string& line : lines_with(firewalld, host_.firewall_comment())) {
    const std::size_t at = line.rfind("# handle ");
    if (at == std::string::npos) continue;
    TK_TRY(const std::string said,
           runner_.output_of({.argv = {"nft",
                                       "delete",
                                       "rule",
                                       "inet",
                                       "firewalld",
                                       "filter_FORWARD",
                                       "handle",
                                       line.substr(at + 9)}}));
  }
  return ok_status();
}

}  // namespace tusker
