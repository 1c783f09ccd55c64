#include "plan/placement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

namespace tusker {
namespace {

constexpr std::size_t kMostHostsTold = 5;
constexpr std::uint32_t kAddresses = 64;  // of a /26
constexpr std::uint32_t kFirstAddress = 2;

std::string gb(std::uint64_t bytes) {
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / (1 << 30));
}

std::uint64_t above(std::uint64_t value, std::uint64_t kept) {
  return value > kept ? value - kept : 0;
}

// "a.b.c.d/26" -> its first address as a number; nothing when it is not one.
std::optional<std::uint32_t> subnet_base(std::string_view subnet) {
  std::uint32_t base = 0;
  const char* at = subnet.data();
  const char* end = subnet.data() + subnet.size();
  for (int part = 0; part < 4; ++part) {
    std::uint32_t value = 0;
    const auto [next, code] = std::from_chars(at, end, value);
    if (code != std::errc() || value > 255 || next == end || *next != (part < 3 ? '.' : '/'))
      return std::nullopt;
    base = base << 8 | value;
    at = next + 1;
  }
  if (std::string_view(at, static_cast<std::size_t>(end - at)) != "26" || base % kAddresses != 0)
    return std::nullopt;
  return base;
}

// What is left of one host while nodes are placed.
class Room {
 public:
  explicit Room(const HostInventory& host)
      : host_(&host),
        memory_(above(host.free_memory_bytes, memory_reserve(host.host.memory_bytes()))),
        disk_(above(host.free_disk_bytes, disk_reserve(host.host.disk_total_bytes()))),
        used_(host.used_addresses) {}

  const HostInventory& host() const { return *host_; }
  std::uint64_t memory() const { return memory_; }
  std::uint64_t disk() const { return disk_; }
  int nodes() const { return nodes_; }
  int nodes_of(store::NodeType type) const {
    const auto found = types_.find(type);
    return found == types_.end() ? 0 : found->second;
  }

  bool fits(const NodeDemand& demand) const {
    return memory_ >= demand.memory_bytes && disk_ >= demand.disk_bytes && !free_address().empty();
  }

  // The lowest address that nothing has; the first is the bridge's.
  std::string free_address() const {
    const auto base = subnet_base(host_->host.subnet());
    if (!base) return "";
    for (std::uint32_t i = kFirstAddress; i < kAddresses - 1; ++i) {
      const std::uint32_t a = *base + i;
      std::string text =
          fmt::format("{}.{}.{}.{}", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255);
      if (!used_.contains(text)) return text;
    }
    return "";
  }

  // How often take() could be called with the same demand.
  std::uint64_t times(const NodeDemand& demand) const {
    const auto often = [](std::uint64_t have, std::uint64_t need) {
      return need == 0 ? kAddresses : have / need;
    };
    return std::min(
        {often(memory_, demand.memory_bytes), often(disk_, demand.disk_bytes), free_addresses()});
  }

  Placed take(const NodeDemand& demand) {
    Placed placed{host_, free_address()};
    memory_ -= demand.memory_bytes;
    disk_ -= demand.disk_bytes;
    used_.insert(placed.address);
    ++types_[demand.type];
    ++nodes_;
    return placed;
  }

  std::string shortage(const NodeDemand& demand) const {
    std::vector<std::string> parts;
    const std::string others =
        nodes_ == 0
            ? ""
            : fmt::format(" after {} other node{} of this cluster", nodes_, nodes_ == 1 ? "" : "s");
    if (memory_ < demand.memory_bytes) {
      parts.push_back(fmt::format("has {} of memory to give{} (of {}, {} stay free), {} missing",
                                  gb(memory_),
                                  others,
                                  gb(host_->host.memory_bytes()),
                                  gb(memory_reserve(host_->host.memory_bytes())),
                                  gb(demand.memory_bytes - memory_)));
    }
    if (disk_ < demand.disk_bytes) {
      parts.push_back(fmt::format("has {} of disk to give{} ({} stay free), {} missing",
                                  gb(disk_),
                                  others,
                                  gb(disk_reserve(host_->host.disk_total_bytes())),
                                  gb(demand.disk_bytes - disk_)));
    }
    if (parts.empty())
      parts.push_back(fmt::format("has no free address in {}", host_->host.subnet()));
    return fmt::format("host {} {}", host_->host.name(), fmt::join(parts, " and "));
  }

 private:
  std::uint64_t free_addresses() const {
    if (!subnet_base(host_->host.subnet())) return 0;
    return above(kAddresses - 1 - kFirstAddress, used_.size());
  }

  const HostInventory* host_;
  std::uint64_t memory_;
  std::uint64_t disk_;
  std::set<std::string> used_;
  std::map<store::NodeType, int> types_;
  int nodes_ = 0;
};

std::vector<Room> rooms_of(const std::vector<HostInventory>& hosts,
                           const std::string& architecture) {
  std::vector<Room> rooms;
  for (const HostInventory& host : hosts) {
    if (host.connected && !host.host.cordoned() &&
        same_architecture(architecture, host.host.architecture()))
      rooms.emplace_back(host);
  }
  return rooms;
}

int nodes_on_rack(const std::vector<Room>& rooms, const std::string& rack, store::NodeType type) {
  int count = 0;
  for (const Room& room : rooms) {
    if (room.host().host.rack() == rack) count += room.nodes_of(type);
  }
  return count;
}

Room* choose(std::vector<Room>& rooms, const NodeDemand& demand) {
  Room* best = nullptr;
  const auto rank = [&](const Room& room) {
    return std::make_tuple(room.nodes_of(demand.type),
                           nodes_on_rack(rooms, room.host().host.rack(), demand.type),
                           room.nodes(),
                           ~room.memory(),
                           room.host().host.name(),
                           room.host().host.id());
  };
  for (Room& room : rooms) {
    if (room.fits(demand) && (best == nullptr || rank(room) < rank(*best))) best = &room;
  }
  return best;
}

Error insufficient(const std::vector<Room>& rooms, const NodeDemand& demand) {
  std::vector<std::string> told;
  bool memory_somewhere = false;
  for (const Room& room : rooms) {
    memory_somewhere |= room.memory() >= demand.memory_bytes && room.disk() < demand.disk_bytes;
    if (told.size() < kMostHostsTold) told.push_back(room.shortage(demand));
  }
  if (rooms.size() > told.size())
    told.push_back(fmt::format("and {} more hosts", rooms.size() - told.size()));
  return Error::make(ErrorCode::ResourceExhausted,
                     "{} needs {} of memory and {} of disk: {}",
                     demand.name,
                     gb(demand.memory_bytes),
                     gb(demand.disk_bytes),
                     fmt::join(told, "; "))
      .with_api_code(memory_somewhere ? "ResourceInsufficient.DiskInsufficient"
                                      : "ResourceInsufficient.InstanceInsufficient");
}

Error no_host(const std::vector<HostInventory>& hosts, const std::string& architecture) {
  std::vector<std::string> why;
  for (const HostInventory& host : hosts) {
    if (why.size() == kMostHostsTold) break;
    why.push_back(fmt::format("host {} is {}",
                              host.host.name(),
                              !host.connected ? "not connected"
                              : host.host.cordoned()
                                  ? "cordoned"
                                  : host.host.architecture() + ", the node image " + architecture));
  }
  return Error::make(ErrorCode::ResourceExhausted,
                     "no host takes nodes: {}",
                     why.empty() ? "none has joined; start one with `tusker agent`"
                                 : fmt::format("{}", fmt::join(why, "; ")))
      .with_api_code("ResourceInsufficient.InstanceInsufficient");
}

std::string_view uname_word(std::string_view word) {
  if (word == "amd64") return "x86_64";
  if (word == "arm64") return "aarch64";
  return word;
}

}  // namespace

bool same_architecture(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || uname_word(a) == uname_word(b);
}

Result<std::vector<Placed>> place_nodes(const std::vector<HostInventory>& hosts,
                                        const std::vector<NodeDemand>& demands,
                                        const std::string& architecture) {
  std::vector<Room> rooms = rooms_of(hosts, architecture);
  if (rooms.empty()) return no_host(hosts, architecture);
  std::vector<Placed> placed;
  for (const NodeDemand& demand : demands) {
    Room* room = choose(rooms, demand);
    if (room == nullptr) return insufficient(rooms, demand);
    placed.push_back(room->take(demand));
  }
  return placed;
}

std::uint64_t count_room(const std::vector<HostInventory>& hosts,
                         const NodeDemand& demand,
                         const std::string& architecture) {
  std::uint64_t count = 0;
  for (const Room& room : rooms_of(hosts, architecture)) count += room.times(demand);
  return count;
}

}  // namespace tusker
