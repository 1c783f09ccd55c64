#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/flow_view.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/wait_flow.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr Duration kPause = std::chrono::milliseconds(300);

Result<json::object> copies_of(const ApiClient& client, const ClusterRow& row) {
  return client.call("DescribeMetadataCopies", {{"InstanceId", row.id}});
}

// ---- list

struct ListOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

Status list(Session& session, const ListOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const ClusterRow row, find_cluster(client, options.cluster));
  TK_TRY(const json::object answer, copies_of(client, row));
  const json::array& copies = array_at(answer, "Copies");
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(copies));
    return ok_status();
  }
  Table table({"NUMBER", "TIME", "SIZE", "DIGEST"});
  for (const json::value& entry : copies) {
    if (!entry.is_object()) continue;
    const json::object& copy = entry.get_object();
    table.add_row({std::to_string(integer_at(copy, "Number")),
                   text_at(copy, "Time"),
                   bytes_text(static_cast<std::uint64_t>(integer_at(copy, "Bytes"))),
                   text_at(copy, "Digest").substr(0, 19)});
  }
  session.console.answer(table.render_for(session.console));
  if (const std::string failure = text_at(answer, "Failure"); !failure.empty())
    session.console.note(fmt::format("The last attempt failed: {}\n", printable(failure)));
  return ok_status();
}

void add_list(CLI::App& metadata, Choice& choice) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = metadata.add_subcommand("list", "List the copies that the server keeps");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, list(session, *options));
    };
  });
  set_examples(*command, {"tusker metadata list wordcount"});
}

// ---- save

struct SaveOptions {
  std::string data;
  std::string cluster;
  std::int64_t timeout_s = 600;
};

Error not_waiting(ErrorCode code, std::string_view why, const ClusterRow& row) {
  return Error::make(code,
                     "{}; the copy is made all the same. See it with: tusker metadata list {}",
                     why,
                     printable(row.name));
}

Status save(Session& session, const SaveOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const ClusterRow row, find_cluster(client, options.cluster));
  TK_TRY(const json::object asked, client.call("CopyMetadata", {{"InstanceId", row.id}}));
  const std::int64_t number = integer_at(asked, "Number");
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  const Time end = session.clock.now() + std::chrono::seconds(options.timeout_s);
  for (;;) {
    const Result<json::object> now = copies_of(client, row);
    if (!now.ok() && !may_pass(now.error())) return now.error();
    if (now.ok()) {
      for (const json::value& entry : array_at(*now, "Copies")) {
        if (!entry.is_object() || integer_at(entry.get_object(), "Number") < number) continue;
        session.console.note(fmt::format(
            "Copy {} of the metadata of {} is on the server: {}.\n",
            integer_at(entry.get_object(), "Number"),
            printable(row.name),
            bytes_text(static_cast<std::uint64_t>(integer_at(entry.get_object(), "Bytes")))));
        return ok_status();
      }
      if (const std::string failure = text_at(*now, "Failure"); !failure.empty())
        return Error(ErrorCode::FailedPrecondition, printable(failure));
    }
    if (session.clock.now() >= end)
      return not_waiting(ErrorCode::DeadlineExceeded, "the time to wait is over", row);
    if (interrupt.wait(kPause)) return not_waiting(ErrorCode::Cancelled, "no longer waiting", row);
  }
}

void add_save(CLI::App& metadata, Choice& choice) {
  auto options = std::make_shared<SaveOptions>();
  CLI::App* command = metadata.add_subcommand("save", "Make a copy now, and wait for it");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--timeout", options->timeout_s, "Seconds to wait for it at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, save(session, *options));
    };
  });
  set_examples(*command, {"tusker metadata save wordcount"});
}

// ---- restore

struct RestoreOptions {
  std::string data;
  std::string cluster;
  std::int64_t number = 0;  // 0: the newest
  bool yes = false;
  WaitFlags wait;
};

Status wait_until_restored(Session& session,
                           ApiClient& client,
                           const ClusterRow& row,
                           const WaitFlags& flags) {
  client.set_timeout(std::chrono::milliseconds(2000));
  TK_TRY(const FlowView flow, wait_for_flow(client, session.console, row.id, "RESTORE", flags));
  if (flow.succeeded()) {
    session.console.note(fmt::format("{} runs with its copy.\n", printable(row.name)));
    return ok_status();
  }
  session.console.note(render_failure(flow));
  return Error::make(ErrorCode::Internal,
                     "could not restore the metadata of {}. All of it: tusker flow show {}",
                     printable(row.name),
                     flow.id);
}

int restore(Session& session, const RestoreOptions& options) {
  Result<ApiClient> client = session.client(options.data);
  if (!client.ok()) return report(session, std::move(client).error());
  const Result<ClusterRow> row = find_cluster(*client, options.cluster);
  if (!row.ok()) return report(session, row.error());
  const std::string warning = fmt::format(
      "What was written to the HDFS of {} since the copy was made is lost", printable(row->name));
  if (!options.yes && !session.console.can_ask()) {
    session.console.error(warning + ". Repeat with --yes");
    return kNeedsYes;
  }
  if (!options.yes && !session.console.confirm(warning + ". Go on?")) {
    session.console.note("Nothing was changed.\n");
    return kFailed;
  }
  json::object request{{"InstanceId", row->id}};
  if (options.number != 0) request["Number"] = options.number;
  const Result<json::object> begun = client->call("RestoreMetadata", request);
  if (!begun.ok()) return report(session, begun.error());
  if (options.wait.wait)
    return report(session, wait_until_restored(session, *client, *row, options.wait));
  session.console.note(
      fmt::format("Begun. See it with: tusker flow show {}\n", integer_at(*begun, "FlowId")));
  return kDone;
}

void add_restore(CLI::App& metadata, Choice& choice) {
  auto options = std::make_shared<RestoreOptions>();
  CLI::App* command = metadata.add_subcommand(
      "restore",
      "Put a copy in place of what the NameNode has, such as after the loss of its disk");
  command->add_option("NAME", options->cluster, "Name or id of the cluster")->required();
  command->add_option("--copy", options->number, "Number of a copy; default: the newest")
      ->check(CLI::PositiveNumber);
  command->add_flag("--yes,-y", options->yes, "Do not ask");
  add_wait_options(*command, options->wait);
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, restore); });
  set_examples(*command,
               {"tusker metadata restore wordcount --wait",
                "tusker metadata restore wordcount --copy 7 --yes --wait"});
}

}  // namespace

void add_metadata(CLI::App& root, Choice& choice) {
  CLI::App* metadata = root.add_subcommand(
      "metadata", "Copies of what a NameNode starts from: made hourly, kept on the server");
  metadata->require_subcommand(0, 1);
  add_list(*metadata, choice);
  add_save(*metadata, choice);
  add_restore(*metadata, choice);
  set_examples(*metadata,
               {"tusker metadata save wordcount", "tusker metadata restore wordcount --wait"});
}

}  // namespace tusker::cli
