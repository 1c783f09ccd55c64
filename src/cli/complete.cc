#include "cli/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/app.h"
#include "cli/unknown_word.h"

namespace tusker::cli {

namespace {

// Where the words so far lead.
struct Position {
  const CLI::App* command = nullptr;
  const CLI::Option* value_of = nullptr;  // an option that still wants its value
  std::size_t arguments = 0;              // positional words already given
  bool after_separator = false;           // words of somebody else's program
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
      ++at.arguments;
    } else {
      at.command = named.front();
    }
  }
}

std::vector<std::string> values_of(const CLI::Option& option) {
  if (option.check_lname("output")) return {"table", "json"};
  if (option.check_lname("profile")) return {"small", "medium", "large"};
  return {};
}

std::vector<std::string> arguments_of(
    const Position& at, const std::function<std::vector<std::string>()>& cluster_names) {
  const std::string group =
      at.command->get_parent() == nullptr ? "" : at.command->get_parent()->get_name();
  const std::string name = at.command->get_name();
  if (at.arguments > 0) return {};
  if (name == "run" || name == "sql" || name == "pyspark" ||
      (group == "cluster" && (name == "show" || name == "rename" || name == "terminate")))
    return cluster_names();
  if (name == "completion") return {"bash", "zsh", "fish"};
  return {};
}

}  // namespace

std::vector<std::string> complete(const std::vector<std::string>& words,
                                  const std::function<std::vector<std::string>()>& cluster_names) {
  Choice unused;
  const auto app = make_app(unused);
  Position at{.command = app.get()};
  const std::string typed = words.empty() ? "" : words.back();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) follow(at, words[i]);

  std::vector<std::string> candidates;
  if (at.after_separator) return candidates;
  if (at.value_of != nullptr) {
    candidates = values_of(*at.value_of);
  } else if (typed.starts_with('-')) {
    candidates = option_names(*at.command);
  } else {
    candidates = command_names(*at.command);
    if (candidates.empty()) candidates = arguments_of(at, cluster_names);
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
