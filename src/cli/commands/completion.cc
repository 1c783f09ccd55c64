#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <optional>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/complete.h"
#include "cli/exit_codes.h"
#include "cli/jobs.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct CompletionOptions {
  std::string shell;
};

int print_script(Session& session, const CompletionOptions& options) {
  session.console.answer(completion_script(options.shell));
  return kDone;
}

using Names = NameSources::Names;

// Names as far as the server can be asked at once: a key press must not wait, nor print an error.
class ServerNames final {
 public:
  explicit ServerNames(const Session& session) {
    const auto data = session.environment.find("TUSKER_DATA");
    Result<ApiClient> client = session.client(
        data == session.environment.end() ? std::string(kDefaultData) : data->second);
    if (!client.ok()) return;
    client_.emplace(*std::move(client));
    client_->set_timeout(std::chrono::seconds(1));
  }

  Names clusters() const {
    Names names;
    if (!client_) return names;
    const Result<std::vector<ClusterRow>> rows = list_clusters(*client_);
    if (!rows.ok()) return names;
    for (const ClusterRow& row : *rows) names.push_back(row.name);
    return names;
  }

  Names nodes(const std::string& cluster) const {
    return texts_of("DescribeNodes", "Nodes", {{"InstanceId", id_of(cluster)}}, "Name");
  }
  Names logged_nodes(const std::string& cluster) const {
    return texts_of("DescribeRoleLogs", "Logs", {{"InstanceId", id_of(cluster)}}, "Name");
  }
  Names logged_roles(const std::string& cluster, const std::string& node) const {
    return texts_of(
        "DescribeRoleLogs", "Logs", {{"InstanceId", id_of(cluster)}, {"Node", node}}, "Roles");
  }
  // Of a list that needs no cluster.
  Names all_texts(std::string_view action, std::string_view list, std::string_view name) const {
    return client_ ? texts_in(client_->call(action, {}), list, name) : Names();
  }
  Names jobs() const {
    Names names;
    if (!client_) return names;
    const Result<json::array> jobs = list_job_objects(*client_, "");
    if (!jobs.ok()) return names;
    for (const json::value& job : *jobs) {
      if (job.is_object())
        names.push_back(std::to_string(integer_at(job.get_object(), "JobFlowId")));
    }
    return names;
  }

 private:
  std::string id_of(const std::string& cluster) const {
    const Result<std::string> id =
        client_ ? find_cluster_id(*client_, cluster) : Result<std::string>(std::string());
    return id.ok() ? *id : "";
  }

  // The text, or the texts, that each object of a list has under a name.
  Names texts_of(std::string_view action,
                 std::string_view list,
                 const json::object& parameters,
                 std::string_view name) const {
    if (!client_ || text_at(parameters, "InstanceId").empty()) return {};
    return texts_in(client_->call(action, parameters), list, name);
  }

  static Names texts_in(const Result<json::object>& answer,
                        std::string_view list,
                        std::string_view name) {
    Names names;
    if (!answer.ok()) return names;
    for (const json::value& entry : array_at(*answer, list)) {
      if (!entry.is_object()) continue;
      if (const std::string text = text_at(entry.get_object(), name); !text.empty())
        names.push_back(text);
      for (const json::value& text : array_at(entry.get_object(), name)) {
        if (text.is_string()) names.emplace_back(text.get_string());
      }
    }
    return names;
  }

  std::optional<ApiClient> client_;
};

int print_candidates(Session& session, const std::vector<std::string>& words) {
  const ServerNames server(session);
  const NameSources names{
      .clusters = [&server] { return server.clusters(); },
      .nodes = [&server](const std::string& cluster) { return server.nodes(cluster); },
      .logged_roles = [&server](
                          const std::string& cluster,
                          const std::string& node) { return server.logged_roles(cluster, node); },
      .logged_nodes =
          [&server](const std::string& cluster) { return server.logged_nodes(cluster); },
      .jobs = [&server] { return server.jobs(); },
      .hosts = [&server] { return server.all_texts("DescribeHosts", "Hosts", "HostName"); },
      .keys = [&server] { return server.all_texts("DescribeKeys", "Keys", "SecretId"); },
  };
  for (const std::string& word : complete(words, names))
    session.console.answer(printable(word) + "\n");
  return kDone;
}

}  // namespace

void add_completion(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<CompletionOptions>();
  CLI::App* command = root.add_subcommand(
      "completion",
      "Print a script that lets a shell complete commands, names of clusters, nodes and roles");
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
