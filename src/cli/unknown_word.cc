#include "cli/unknown_word.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/words.h"

namespace tusker::cli {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

namespace {

std::string complaint(std::string_view kind,
                      const std::string& word,
                      const std::vector<std::string>& known) {
  const std::optional<std::string> nearest = nearest_word(word, known);
  if (nearest) {
    return fmt::format("there is no {} '{}'; did you mean '{}'?", kind, printable(word), *nearest);
  }
  return fmt::format("there is no {} '{}'", kind, printable(word));
}

const CLI::Option* find_option(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::vector<std::string> names = option_names(app);
  if (std::find(names.begin(), names.end(), name) == names.end()) return nullptr;
  return app.get_option_no_throw(name);
}

}  // namespace

std::optional<std::string> explain_unknown_word(const CLI::App& app,
                                                const std::vector<std::string>& words) {
  const CLI::App* current = &app;
  bool value_expected = false;
  for (const std::string& word : words) {
    if (value_expected) {
      value_expected = false;
      continue;
    }
    if (word.size() > 1 && word.front() == '-') {
      const CLI::Option* option = find_option(*current, word);
      if (option == nullptr) return complaint("option", word, option_names(*current));
      value_expected = option->get_items_expected_max() > 0 && word.find('=') == std::string::npos;
      continue;
    }
    const std::vector<std::string> names = command_names(*current);
    if (names.empty()) continue;  // an argument
    const std::vector<const CLI::App*> all = current->get_subcommands(
        [&word](const CLI::App* command) { return command->get_name() == word; });
    if (all.empty()) return complaint("command", word, names);
    current = all.front();
  }
  return std::nullopt;
}

}  // namespace tusker::cli
