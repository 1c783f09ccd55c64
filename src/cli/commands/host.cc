#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ListOptions {
  std::string data;
  OutputForm form = OutputForm::Table;
};

std::string size_at(const json::object& object, std::string_view key) {
  return bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_at(object, key))));
}

std::string state_of(const json::object& host) {
  const std::string state = flag_at(host, "Connected") ? "connected" : "away";
  return flag_at(host, "Cordoned") ? state + ", cordoned" : state;
}

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call("DescribeHosts", {}));
  const json::array& hosts = array_at(answer, "Hosts");
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(hosts));
    return ok_status();
  }
  Table table({"HOST",
               "STATE",
               "VERSION",
               "CPU",
               "MEMORY",
               "RESERVED",
               "AVAILABLE",
               "DISK",
               "RESERVED",
               "FREE",
               "NODES",
               "JOINED"});
  for (const json::value& entry : hosts) {
    if (!entry.is_object()) continue;
    const json::object& host = entry.get_object();
    table.add_row({text_at(host, "HostName"),
                   state_of(host),
                   text_at(host, "Version"),
                   std::to_string(integer_at(host, "Cpus")),
                   size_at(host, "MemoryBytes"),
                   size_at(host, "MemoryReservedBytes"),
                   size_at(host, "MemoryAvailableBytes"),
                   size_at(host, "DiskBytes"),
                   size_at(host, "DiskReservedBytes"),
                   size_at(host, "DiskFreeBytes"),
                   std::to_string(integer_at(host, "Nodes")),
                   text_at(host, "JoinTime")});
  }
  if (table.empty()) {
    session.console.note("No host has joined. Start an agent with: tusker agent --help\n");
    return ok_status();
  }
  session.console.answer(table.render_for(session.console));
  std::size_t orphans = 0;
  for (const json::value& entry : hosts)
    if (entry.is_object()) orphans += array_at(entry.get_object(), "Orphans").size();
  if (orphans > 0) {
    session.console.note(fmt::format(
        "note: {} nodes are there that this server knows nothing of; see: tusker host clean\n",
        orphans));
  }
  return ok_status();
}

}  // namespace

void add_host(CLI::App& root, Choice& choice) {
  CLI::App* host =
      root.add_subcommand("host", "List, clean and forget the machines that nodes run on");
  host->require_subcommand(0, 1);
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = host->add_subcommand(
      "list", "List hosts: whether they are connected, what they have, what nodes hold of it");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker host list", "tusker host list -o json"});
  add_host_clean(*host, choice);
  add_host_forget(*host, choice);
  set_examples(*host, {"tusker host list", "tusker host clean"});
}

}  // namespace tusker::cli
