// The Controller's part for hosts and for who may call: hosts join, are cleaned and forgotten; keys
// are made and deleted.
#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "control/agent_session.h"
#include "control/controller.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxKeys = 1000;

}  // namespace

Result<store::Host> Controller::join_host(const HostId& id, const JoinRequest& request) {
  const WallTime wall = parts_.clock.wall();
  TK_TRY(const store::Host host, new_host(parts_.model, id, request, wall));
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("host.joined");
  event.set_severity("info");
  event.set_actor("tusker");
  event.set_text(
      fmt::format("host {} ({}) joined with subnet {}", host.name(), host.id(), host.subnet()));
  Change change;
  change.put(host);
  change.append(event);
  parts_.journal.commit(std::move(change));
  parts_.log.info("host.joined",
                  {{"host", host.id()}, {"name", host.name()}, {"subnet", host.subnet()}});
  settle();
  return host;
}

Result<NewKey> Controller::create_key(std::string_view name,
                                      bool read_only,
                                      std::uint64_t account,
                                      const Actor& actor) {
  TK_TRY_VOID(check_disk());
  if (parts_.model.access_keys().size() >= kMaxKeys) {
    return Error::make(ErrorCode::ResourceExhausted,
                       "there are {} keys, and more are not kept; delete those that nobody uses",
                       kMaxKeys);
  }
  NewKey key = make_key(name, parts_.sealer, parts_.random, parts_.clock.wall());
  key.row.set_account(account);
  key.row.set_read_only(read_only);
  key.row.set_made_by(actor.who);
  Change change;
  change.append(event_of("key.created",
                         fmt::format("key {} ({}) was made, {}",
                                     key.row.secret_id(),
                                     name,
                                     read_only ? "read-only" : "for everything"),
                         actor));
  change.put(key.row);
  parts_.journal.commit(std::move(change));
  return key;
}

Status Controller::delete_key(std::string_view secret_id,
                              std::uint64_t account,
                              const Actor& actor) {
  const store::AccessKey* const key = parts_.model.access_key(secret_id);
  if (key == nullptr || key->account() != account) {
    return Error::make(
        ErrorCode::NotFound, "no key {}; see tusker key list", cut_text(secret_id, 64));
  }
  if (key->root()) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{} is the root key, which this server cannot be without",
                       key->secret_id());
  }
  if (key->secret_id() == actor.who) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{} is the key that signed this call, and nobody could take its deletion "
                       "back; sign with another one",
                       key->secret_id());
  }
  const std::string id = key->secret_id();
  Change change;
  change.append(
      event_of("key.deleted", fmt::format("key {} ({}) was deleted", id, key->name()), actor));
  change.remove(store::ACCESS_KEY, id);
  parts_.journal.commit(std::move(change));
  if (key_deleted_) key_deleted_(id);
  return ok_status();
}

Status Controller::clean_host(const HostId& id,
                              const std::vector<std::string>& node_ids,
                              const Actor& actor) {
  TK_TRY(store::Host row, with_orphans_removed(parts_.model, id, node_ids));
  Change change;
  change.append(event_of(
      "host.cleaned",
      fmt::format(
          "host {} is to remove what nobody knows: {}", row.name(), fmt::join(node_ids, ", ")),
      actor));
  change.put(std::move(row));
  parts_.journal.commit(std::move(change));
  settle();
  return ok_status();
}

Status Controller::forget_host(const HostId& id, const Actor& actor) {
  const store::Host* const host = parts_.model.host(id.text());
  if (host == nullptr) return no_host(id);
  TK_TRY_VOID(check_silent(*host));
  const std::size_t nodes = parts_.model.nodes_on(id.text()).size();
  Change change;
  store::Event event =
      event_of("host.forgotten",
               fmt::format("host {} ({}) and {} nodes on it are taken for gone, their data too",
                           host->name(),
                           id,
                           nodes),
               actor);
  event.set_severity("warn");
  change.append(event);
  change.merge(forget(parts_.model, *host, parts_.rules, parts_.clock.wall()));
  parts_.log.warn("host.forgotten", {{"host", id}, {"nodes", nodes}});
  parts_.journal.commit(std::move(change));
  settle();
  return ok_status();
}

// A restart of the server, or of an agent, is no silence.
Status Controller::check_silent(const store::Host& host) {
  if (session_of(HostId(host.id())) != nullptr) {
    return Error::make(
        ErrorCode::FailedPrecondition,
        "host {} is connected: what is on it is not gone. Terminate its clusters, and "
        "stop its agent, first",
        host.name());
  }
  const ObservedHost* const seen = parts_.model.observed(host.id());
  const Time since =
      seen != nullptr && seen->heard ? std::max(seen->last_heard, started_at_) : started_at_;
  const Duration silence = parts_.clock.now() - since;
  if (silence >= kLinkSilenceLimit) return ok_status();
  return Error::make(ErrorCode::FailedPrecondition,
                     "host {} may be about to come back: it has been away, or this server been "
                     "running, for {} s only; ask again after {} s",
                     host.name(),
                     std::chrono::duration_cast<std::chrono::seconds>(silence).count(),
                     kLinkSilenceLimit.count());
}

}  // namespace tusker
