#include "cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/unknown_word.h"

namespace tusker::cli {

namespace {

constexpr std::string_view kVersion = TUSKER_VERSION;

struct NoOptions {};

// CLI11's own layout, with our words.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("SUBCOMMAND", "COMMAND");
    column_width(30);
  }
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = CLI::Formatter::make_usage(app, name);
    // What follows "--" is not CLI11's to parse, so it does not know of it.
    const std::string& command = app->get_name();
    const std::string_view more = command == "run" ? " [-- PROGRAM [ARGUMENT...]]"
                                  : command == "sql" || command == "pyspark" ? " [-- ARGUMENT...]"
                                                                             : "";
    usage.insert(usage.find_last_not_of('\n') + 1, more);
    return usage;
  }
};

std::string version_line() {
  return fmt::format("tusker {}", kVersion);
}

int print_version(Session& session, const NoOptions&) {
  session.console.answer(version_line() + "\n");
  return kDone;
}

void add_version(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<NoOptions>();
  CLI::App* command = root.add_subcommand("version", "Print the version of this program");
  command->callback([&choice, options] { choose(choice, options, print_version); });
  set_examples(*command, {"tusker version"});
}

}  // namespace

std::string_view program_version() {
  return kVersion;
}

std::unique_ptr<CLI::App> make_app(Choice& choice) {
  auto app = std::make_unique<CLI::App>(
      "Hadoop clusters in containers on machines you own, behind the public EMR API.", "tusker");
  app->require_subcommand(0, 1);
  app->set_version_flag("--version", version_line(), "Print the version of this program and exit");
  app->formatter(std::make_shared<HelpFormatter>());  // commands take it over when they are added
  add_up(*app, choice);
  add_down(*app, choice);
  add_env(*app, choice);
  add_doctor(*app, choice);
  add_cluster(*app, choice);
  add_node(*app, choice);
  add_run(*app, choice);
  add_sql(*app, choice);
  add_pyspark(*app, choice);
  add_ui(*app, choice);
  add_shell(*app, choice);
  add_logs(*app, choice);
  add_events(*app, choice);
  add_flow(*app, choice);
  add_job(*app, choice);
  add_config(*app, choice);
  add_component(*app, choice);
  add_host(*app, choice);
  add_key(*app, choice);
  add_metadata(*app, choice);
  add_api(*app, choice);
  add_bundle(*app, choice);
  add_debug(*app, choice);
  add_completion(*app, choice);
  add_server(*app, choice);
  add_agent(*app, choice);
  add_version(*app, choice);
  add_document(*app, choice);
  set_examples(*app,
               {"sudo tusker up --detach",
                "sudo tusker cluster create wordcount --core 2 --wait",
                "sudo tusker run wordcount -- hdfs dfs -ls /"});
  return app;
}

namespace {

// The command whose words were recognised, the deepest.
const CLI::App* deepest(const CLI::App* app) {
  for (;;) {
    const std::vector<CLI::App*> chosen = app->get_subcommands();
    if (chosen.empty()) return app;
    app = chosen.front();
  }
}

std::string title_of(const CLI::App* app) {
  std::string title = app->get_name();
  for (const CLI::App* up = app->get_parent(); up != nullptr; up = up->get_parent()) {
    title = up->get_name() + " " + title;
  }
  return title;
}

int usage_error(Session& session,
                const CLI::App& app,
                const std::vector<std::string>& words,
                std::string message) {
  const CLI::App* command = deepest(&app);
  if (const auto unknown = explain_unknown_word(app, words)) message = *unknown;
  session.console.error(message);
  session.console.note(fmt::format("See: {} --help\n", title_of(command)));
  return kUsage;
}

}  // namespace

int run_command_line(const std::vector<std::string>& words, Session& session) {
  Choice choice;
  const auto separator = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> own(words.begin(), separator);
  if (separator != words.end()) choice.trailing.assign(separator + 1, words.end());
  const auto app = make_app(choice);
  try {
    std::vector<std::string> reversed(own.rbegin(), own.rend());  // the form that CLI11 wants
    app->parse(reversed);
  } catch (const CLI::CallForHelp&) {
    session.console.answer(app->help());
    return kDone;
  } catch (const CLI::CallForVersion&) {
    session.console.answer(version_line() + "\n");
    return kDone;
  } catch (const CLI::ParseError& error) {
    return usage_error(session, *app, own, error.what());
  }
  if (choice.action) return choice.action(session);
  // A group without its command, or nothing at all: show what there is.
  const CLI::App* command = deepest(app.get());
  if (command == app.get()) {
    session.console.answer(app->help());
    return own.empty() ? kDone : kUsage;
  }
  return usage_error(
      session, *app, own, fmt::format("'{}' needs one more word", title_of(command)));
}

}  // namespace tusker::cli
