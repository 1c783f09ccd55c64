#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/hosts.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr Duration kPause = std::chrono::milliseconds(500);

// ---- clean

struct CleanOptions {
  std::string data;
  std::string host;
  bool yes = false;
  std::int64_t timeout_s = 300;
};

std::string render_orphans(const std::vector<HostRow>& hosts, const Console& console) {
  Table table({"HOST", "NODE", "WAS", "STATE", "DISK", "MADE", "NOTE"});
  for (const HostRow& host : hosts) {
    for (const OrphanRow& orphan : host.orphans) {
      table.add_row({host.name,
                     orphan.id,
                     orphan.cluster.empty() ? "" : orphan.name + " of " + orphan.cluster,
                     orphan.state,
                     orphan.state == "removing" ? "" : bytes_text(orphan.disk_bytes),
                     orphan.made,
                     orphan.note});
    }
  }
  return table.render_for(console);
}

// Those that have some, or the one that is named.
Result<std::vector<HostRow>> hosts_with_orphans(const ApiClient& client,
                                                const CleanOptions& options) {
  TK_TRY(std::vector<HostRow> hosts, list_hosts(client));
  if (!options.host.empty()) {
    TK_TRY(HostRow one, pick_host(hosts, options.host));
    hosts = {std::move(one)};
  }
  std::erase_if(hosts, [](const HostRow& host) { return host.orphans.empty(); });
  return hosts;
}

// Of what was to be removed, what is still there; and why, if a host says so.
struct Left {
  std::vector<std::string> ids;
  std::string note;
};

Left left_of(const std::vector<HostRow>& asked, const std::vector<HostRow>& now) {
  Left left;
  for (const HostRow& host : asked) {
    const auto seen = std::ranges::find(now, host.id, &HostRow::id);
    if (seen == now.end()) continue;
    for (const OrphanRow& orphan : host.orphans) {
      const auto same = std::ranges::find(seen->orphans, orphan.id, &OrphanRow::id);
      if (same == seen->orphans.end()) continue;
      left.ids.push_back(orphan.id);
      if (!same->note.empty()) left.note = same->note;
      if (!seen->connected) left.note = fmt::format("host {} is away", seen->name);
    }
  }
  return left;
}

Error still_there(ErrorCode code, std::string_view why, const Left& left) {
  return Error::make(code,
                     "{}, and the removal of {} goes on{}. See it with: tusker host clean",
                     why,
                     printable(fmt::format("{}", fmt::join(left.ids, ", "))),
                     left.note.empty() ? "" : ": " + printable(left.note));
}

Status wait_until_removed(Session& session,
                          const ApiClient& client,
                          const std::vector<HostRow>& asked,
                          const CleanOptions& options) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  const Time end = session.clock.now() + std::chrono::seconds(options.timeout_s);
  Left left = left_of(asked, asked);
  for (;;) {
    const Result<std::vector<HostRow>> now = list_hosts(client);
    if (!now.ok() && !may_pass(now.error())) return now.error();
    if (now.ok()) left = left_of(asked, *now);
    if (left.ids.empty()) return ok_status();
    if (session.clock.now() >= end)
      return still_there(ErrorCode::DeadlineExceeded, "the time to wait is over", left);
    if (interrupt.wait(kPause)) return still_there(ErrorCode::Cancelled, "no longer waiting", left);
  }
}

// The host may be removing them already: what has gone since they were listed is no failure, only
// what is still there is asked for again.
Status order_removal(const ApiClient& client, HostRow host) {
  while (!host.orphans.empty()) {
    json::array ids;
    for (const OrphanRow& orphan : host.orphans) ids.emplace_back(orphan.id);
    const Result<json::object> ordered =
        client.call("CleanHost", {{"HostId", host.id}, {"ResourceIds", std::move(ids)}});
    if (ordered.ok()) return ok_status();
    if (ordered.error().code() != ErrorCode::NotFound) return ordered.error();
    TK_TRY(const std::vector<HostRow> now, list_hosts(client));
    const Left left = left_of({host}, now);
    if (left.ids.size() == host.orphans.size()) return ordered.error();
    std::erase_if(host.orphans, [&left](const OrphanRow& orphan) {
      return std::ranges::find(left.ids, orphan.id) == left.ids.end();
    });
  }
  return ok_status();
}

Status remove_orphans(Session& session,
                      const ApiClient& client,
                      const std::vector<HostRow>& hosts,
                      const CleanOptions& options) {
  for (const HostRow& host : hosts) TK_TRY_VOID(order_removal(client, host));
  TK_TRY_VOID(wait_until_removed(session, client, hosts, options));
  for (const HostRow& host : hosts) {
    for (const OrphanRow& orphan : host.orphans)
      session.console.answer(printable(fmt::format("removed {} from {}", orphan.id, host.name)) +
                             "\n");
  }
  return ok_status();
}

int clean(Session& session, const CleanOptions& options) {
  const Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, client.error());
  const Result<std::vector<HostRow>> hosts = hosts_with_orphans(*client, options);
  if (!hosts.ok()) return report(session, hosts.error());
  if (hosts->empty()) {
    session.console.note("Nothing to clean: every node that is there belongs to a cluster.\n");
    return kDone;
  }
  std::size_t count = 0;
  for (const HostRow& host : *hosts) count += host.orphans.size();
  session.console.note(render_orphans(*hosts, session.console));
  if (!options.yes) {
    if (!session.console.can_ask()) {
      session.console.error(
          fmt::format("this server knows nothing of these {} nodes; to remove them with their "
                      "data, repeat with "
                      "--yes",
                      count));
      return kNeedsYes;
    }
    if (!session.console.confirm(fmt::format(
            "This server knows nothing of these {} nodes. Remove them with their data?", count))) {
      session.console.note("Nothing was changed.\n");
      return kFailed;
    }
  }
  return report(session, remove_orphans(session, *client, *hosts, options));
}

// ---- forget

struct ForgetOptions {
  std::string data;
  std::string host;
  bool data_is_gone = false;
};

Status forget(Session& session, const ForgetOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const std::vector<HostRow> hosts, list_hosts(client));
  TK_TRY(const HostRow host, pick_host(hosts, options.host));
  TK_TRY(const json::object answer,
         client.call("ForgetHost", {{"HostId", host.id}, {"DataIsGone", options.data_is_gone}}));
  const json::array& nodes = array_at(answer, "ResourceIds");
  for (const json::value& node : nodes) {
    if (node.is_string()) session.console.answer(printable(node.get_string()) + "\n");
  }
  session.console.note(fmt::format(
      "Host {} is forgotten, with {} nodes. The machine can join anew, once `tusker down --purge` "
      "has removed what it still has.\n",
      printable(host.name),
      nodes.size()));
  return ok_status();
}

}  // namespace

void add_host_clean(CLI::App& host, Choice& choice) {
  auto options = std::make_shared<CleanOptions>();
  CLI::App* command = host.add_subcommand(
      "clean", "Show nodes on hosts that the server knows nothing of, and remove them");
  command->add_option("HOST", options->host, "Name or id of a host; without it, of all");
  command->add_flag("--yes,-y", options->yes, "Do not ask");
  command->add_option("--timeout", options->timeout_s, "Seconds to wait for the removal at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, clean); });
  set_examples(*command, {"tusker host clean", "tusker host clean desk --yes"});
}

void add_host_forget(CLI::App& host, Choice& choice) {
  auto options = std::make_shared<ForgetOptions>();
  CLI::App* command = host.add_subcommand(
      "forget", "Take a host that is away, and all that is on it, for gone for ever");
  command->add_option("HOST", options->host, "Name or id of the host")->required();
  command->add_flag("--data-is-gone",
                    options->data_is_gone,
                    "Say that its nodes and disks will not come back; it is refused without");
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, forget(session, *options));
    };
  });
  set_examples(*command, {"tusker host forget desk --data-is-gone"});
}

}  // namespace tusker::cli
