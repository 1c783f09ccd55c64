#include "cli/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/app.h"
#include "cli/unknown_word.h"
#include "plan/definitions.h"

namespace tusker::cli {

namespace {

// Where the words so far lead.
struct Position {
  const CLI::App* command = nullptr;
  const CLI::Option* value_of = nullptr;    // an option that still wants its value
  std::vector<std::string> arguments = {};  // positional words already given
  bool after_separator = false;             // words of somebody else's program
};

void follow(Position& at, const std::string& word) {
  if (at.value_of != nullptr) {
    at.value_of = nullptr;
  } else if (word == "--") {
    at.after_separator = true;
  } else if (word.size() > 1 && word.front() == '-') {
    const CLI::Option* option = at.command->get_option_no_throw(word.substr(0, word.find('=')));
    const bool wants_value = option != nullptr && option->get_items_expected_max() > 0;
    at.value_of = wants_value && word.find('=') == std::string::npos ? option : nullptr;
  } else {
    const auto named = at.command->get_subcommands([&word](const CLI::App* command) {
      return command->get_name() == word && !command->get_group().empty();
    });
    if (named.empty()) {
      at.arguments.push_back(word);
    } else {
      at.command = named.front();
    }
  }
}

std::vector<std::string> values_of(const Position& at, const NameSources& names) {
  const CLI::Option& option = *at.value_of;
  if (option.check_lname("output")) return {"table", "json"};
  if (option.check_lname("type")) return {"MR", "SPARK"};
  if (option.check_lname("profile")) return {"small", "medium", "large"};
  if (option.check_lname("node") && !at.arguments.empty()) return names.nodes(at.arguments[0]);
  return {};
}

// "cluster show", "run".
std::string title_of(const CLI::App& command) {
  const CLI::App* const group = command.get_parent();
  const bool in_group = group != nullptr && group->get_parent() != nullptr;
  return (in_group ? group->get_name() + " " : "") + command.get_name();
}

// The commands whose first argument is a cluster.
bool takes_cluster(std::string_view title) {
  constexpr std::string_view kTitles[] = {"cluster show",
                                          "cluster rename",
                                          "cluster restart",
                                          "cluster scale",
                                          "cluster start",
                                          "cluster stop",
                                          "cluster terminate",
                                          "config explain",
                                          "events",
                                          "flow list",
                                          "job list",
                                          "job run",
                                          "logs",
                                          "metadata list",
                                          "metadata restore",
                                          "metadata save",
                                          "node list",
                                          "pyspark",
                                          "run",
                                          "shell",
                                          "sql",
                                          "ui"};
  return std::find(std::begin(kTitles), std::end(kTitles), title) != std::end(kTitles);
}

// The commands whose first argument is a job.
bool takes_job(std::string_view title) {
  return title == "job show" || title == "job logs" || title == "job wait" || title == "job cancel";
}

// Every release's.
std::vector<std::string> components() {
  std::vector<std::string> names;
  const Result<Definitions> definitions = built_in_definitions();
  if (!definitions.ok()) return names;
  for (const ComponentDefinition& component : definitions->components)
    names.push_back(component.name);
  return names;
}

std::vector<std::string> arguments_of(const Position& at, const NameSources& names) {
  const std::string title = title_of(*at.command);
  const std::vector<std::string>& given = at.arguments;
  if (given.empty()) {
    if (takes_cluster(title)) return names.clusters();
    if (takes_job(title)) return names.jobs();
    if (title == "host clean" || title == "host forget") return names.hosts();
    if (title == "component test") return components();
    if (title == "key delete") return names.keys();
    if (title == "completion") return {"bash", "zsh", "fish"};
  }
  if (given.size() == 1 && title == "shell") return names.nodes(given[0]);
  if (given.size() == 1 && title == "logs") return names.logged_nodes(given[0]);
  if (given.size() == 2 && title == "logs") return names.logged_roles(given[0], given[1]);
  return {};
}

}  // namespace

std::vector<std::string> complete(const std::vector<std::string>& words, const NameSources& names) {
  Choice unused;
  const auto app = make_app(unused);
  Position at{.command = app.get()};
  const std::string typed = words.empty() ? "" : words.back();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) follow(at, words[i]);

  std::vector<std::string> candidates;
  if (at.after_separator) return candidates;
  if (at.value_of != nullptr) {
    candidates = values_of(at, names);
  } else if (typed.starts_with('-')) {
    candidates = option_names(*at.command);
  } else {
    candidates = command_names(*at.command);
    if (candidates.empty()) candidates = arguments_of(at, names);
  }
  std::erase_if(candidates, [&typed](const std::string& word) { return !word.starts_with(typed); });
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

std::string_view completion_script(std::string_view shell) {
  if (shell == "zsh") {
    return R"sh(#compdef tusker
_tusker() {
  local -a candidates
  candidates=(${(f)"$(tusker __complete -- "${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)"})
  compadd -- $candidates
}
compdef _tusker tusker
)sh";
  }
  if (shell == "fish") {
    return R"sh(function __tusker_complete
  set -l words (commandline -opc) (commandline -ct)
  tusker __complete -- $words[2..-1] 2>/dev/null
end
complete -c tusker -f -a '(__tusker_complete)'
)sh";
  }
  return R"sh(_tusker() {
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  mapfile -t COMPREPLY < <(tusker __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _tusker tusker
)sh";
}

}  // namespace tusker::cli
