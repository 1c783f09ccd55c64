#include <CLI/CLI.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/complete.h"
#include "cli/exit_codes.h"
#include "cli/options.h"

namespace tusker::cli {

namespace {

struct CompletionOptions {
  std::string shell;
};

int print_script(Session& session, const CompletionOptions& options) {
  session.console.answer(completion_script(options.shell));
  return kDone;
}

// Names of clusters, as far as the server can be asked at once: a key press must not wait, nor
// print an error.
std::vector<std::string> cluster_names(const Session& session) {
  const auto data = session.environment.find("TUSKER_DATA");
  Result<ApiClient> client =
      session.client(data == session.environment.end() ? std::string(kDefaultData) : data->second);
  if (!client.ok()) return {};
  client->set_timeout(std::chrono::seconds(1));
  const Result<std::vector<ClusterRow>> rows = list_clusters(*client);
  std::vector<std::string> names;
  if (!rows.ok()) return names;
  for (const ClusterRow& row : *rows) names.push_back(row.name);
  return names;
}

int print_candidates(Session& session, const std::vector<std::string>& words) {
  for (const std::string& word : complete(words, [&session] { return cluster_names(session); })) {
    session.console.answer(word + "\n");
  }
  return kDone;
}

}  // namespace

void add_completion(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<CompletionOptions>();
  CLI::App* command = root.add_subcommand(
      "completion", "Print a script that lets a shell complete commands and cluster names");
  command->add_option("SHELL", options->shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&choice, options] { choose(choice, options, print_script); });
  set_examples(*command,
               {"source <(tusker completion bash)",
                "tusker completion fish > ~/.config/fish/completions/tusker.fish"});

  // What those scripts call: tusker __complete -- WORDS, the last of them the one being typed.
  CLI::App* hidden = root.add_subcommand("__complete", "")->group("");
  hidden->callback([&choice] {
    choice.action = [&choice](Session& session) {
      return print_candidates(session, choice.trailing);
    };
  });
}

}  // namespace tusker::cli
