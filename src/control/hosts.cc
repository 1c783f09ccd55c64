#include "control/hosts.h"

#include "base/encoding.h"
#include "model/network.h"

namespace tusker {
namespace {

// Routes come from outside: those that are not IPv4 networks cannot be in the way of one.
std::vector<Cidr> networks_of(const link::HostFacts& facts) {
  std::vector<Cidr> networks;
  for (const std::string& text : facts.routes()) {
    const Result<Cidr> network = parse_cidr(text);
    if (network.ok()) networks.push_back(*network);
  }
  return networks;
}

}  // namespace

Result<store::Host> new_host(const Model& model,
                             HostId id,
                             const JoinRequest& request,
                             WallTime wall) {
  if (model.host(id.text()) != nullptr) {
    return Error::make(ErrorCode::AlreadyExists, "host {} has joined already", id);
  }
  TK_TRY(const Cidr range, parse_cidr(model.installation().address_range()));
  std::vector<Cidr> taken;
  for (const auto& [other, host] : model.hosts()) {
    TK_TRY(const Cidr subnet, parse_cidr(host.subnet()).context("host {}", other));
    taken.push_back(subnet);
  }
  const std::string name =
      cut_text(request.name.empty() ? request.facts.hostname() : request.name, 64);
  TK_TRY(const Cidr subnet,
         choose_subnet(range, taken, networks_of(request.facts)).context("join host {}", name));
  store::Host host;
  host.set_id(id.text());
  host.set_name(name);
  host.set_subnet(to_text(subnet));
  host.set_certificate_serial(request.certificate_serial);
  host.set_joined_wall_ms(wall.ms);
  host.set_rack("/default");
  return with_facts(std::move(host), request.facts);
}

store::Host with_facts(store::Host row, const link::HostFacts& facts) {
  row.set_cpus(facts.cpus());
  row.set_memory_bytes(facts.memory_bytes());
  row.set_disk_total_bytes(facts.disk_total_bytes());
  row.set_architecture(cut_text(facts.architecture(), 32));
  return row;
}

}  // namespace tusker
