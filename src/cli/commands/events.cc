#include "cli/events.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/json_text.h"
#include "cli/options.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

constexpr std::int64_t kMostEvents = 100000;

struct EventsOptions {
  std::string data;
  std::string cluster;
  std::string since;
  std::int64_t last = 0;  // 0: 100, or with --since all
  bool follow = false;
  OutputForm form = OutputForm::Table;

  std::size_t count() const {
    if (last > 0) return static_cast<std::size_t>(last);
    return since.empty() ? 100 : static_cast<std::size_t>(kMostEvents);
  }
};

void show(Session& session, const EventsOptions& options, const json::object& event) {
  session.console.answer(
      (options.form == OutputForm::Json ? json::serialize(event) : render_event(event)) + "\n");
}

Result<EventFilter> filter_of(const Session& session,
                              const ApiClient& client,
                              const EventsOptions& options) {
  EventFilter filter;
  if (!options.since.empty()) {
    TK_TRY(const Duration age, parse_age(options.since).context("--since"));
    filter.start_ms = session.clock.wall().ms -
                      std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
  }
  if (!options.cluster.empty()) {
    TK_TRY(filter.cluster_id, find_cluster_id(client, options.cluster));
  }
  return filter;
}

// Until Ctrl-C, which is how this ends.
Result<int> follow(Session& session,
                   const ApiClient& client,
                   const EventsOptions& options,
                   const EventFilter& filter,
                   std::int64_t after) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  const FollowEvents how{
      .show = [&](const json::object& event) { show(session, options, event); },
      .trouble =
          [&](const Error& error) {
            session.console.note(
                fmt::format("The server does not answer, trying again: {}\n", error.message()));
          },
      .pause = [&interrupt](Duration longest) { return interrupt.wait(longest); }};
  TK_TRY_VOID(follow_events(client, filter, after, how));
  return kInterrupted;
}

Result<int> print_events(Session& session, const EventsOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const EventFilter filter, filter_of(session, client, options));
  TK_TRY(const json::array found, newest_events(client, filter, options.count()));
  if (options.form == OutputForm::Json && !options.follow) {
    session.console.answer(pretty_json(found));
    return kDone;
  }
  for (const json::value& event : found) show(session, options, event.get_object());
  if (options.follow) {
    const std::int64_t newest =
        found.empty() ? 0 : integer_at(found.back().get_object(), "EventId");
    return follow(session, client, options, filter, newest);
  }
  if (found.empty()) session.console.note("Nothing has happened.\n");
  return kDone;
}

int events(Session& session, const EventsOptions& options) {
  Result<int> done = print_events(session, options);
  return done.ok() ? *done : report(session, std::move(done).error());
}

}  // namespace

void add_events(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* command =
      root.add_subcommand("events", "Print what happened and who asked for it, the newest last");
  command->add_option("CLUSTER", options->cluster, "Name or id of a cluster; without it, of all");
  command->add_flag("--follow,-f", options->follow, "Go on with what happens, until Ctrl-C");
  command->add_option("--since", options->since, "Only of so long ago: 90s, 30m, 1h, 2d")
      ->type_name("AGE");
  command
      ->add_option("--last,-n",
                   options->last,
                   "How many of the newest; 100, or with --since all, unless said")
      ->type_name("COUNT")
      ->check(CLI::Range(std::int64_t{1}, kMostEvents));
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] { choose(choice, options, events); });
  set_examples(*command,
               {"tusker events", "tusker events wordcount -f", "tusker events --since 1h -o json"});
}

}  // namespace tusker::cli
