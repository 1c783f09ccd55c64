#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <map>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ExplainOptions {
  std::string data;
  std::string cluster;
  std::string key;
  std::string node;
  OutputForm form = OutputForm::Table;
};

std::string covered_at(const json::object& setting) {
  std::string text;
  for (const json::value& entry : array_at(setting, "Covered")) {
    if (entry.is_string()) text += (text.empty() ? "" : ", ") + printable(entry.get_string());
  }
  return text;
}

// Everything but which nodes it is about.
std::string facts_of(const json::object& setting) {
  const auto text = [&](const char* key) { return printable(text_at(setting, key)); };
  return render_facts({{"setting", text("Key")},
                       {"file", text("File")},
                       {"value", text("Value")},
                       {"from", text("Layer")},
                       {"formula", text("Formula")},
                       {"with", text("Inputs")},
                       {"instead of", covered_at(setting)},
                       {"note", text("StartOnly")}});
}

// Nodes that have the same value for the same reasons share one paragraph.
std::string render(const json::array& settings) {
  std::vector<std::pair<std::string, std::string>> paragraphs;  // facts, nodes
  for (const json::value& entry : settings) {
    if (!entry.is_object()) continue;
    const std::string facts = facts_of(entry.get_object());
    const std::string node = printable(text_at(entry.get_object(), "Node"));
    const auto same =
        std::ranges::find(paragraphs, facts, &decltype(paragraphs)::value_type::first);
    if (same == paragraphs.end()) {
      paragraphs.emplace_back(facts, node);
    } else {
      same->second += ", " + node;
    }
  }
  std::string out;
  for (const auto& [facts, nodes] : paragraphs)
    out += (out.empty() ? "" : "\n") + facts + render_facts({{"on", nodes}});
  return out;
}

Status explain(Session& session, const ExplainOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const ClusterRow row, find_cluster(client, options.cluster));
  json::object parameters{{"InstanceId", row.id}, {"Key", options.key}};
  if (!options.node.empty()) parameters["Node"] = options.node;
  TK_TRY(const json::object answer, client.call("ExplainSetting", parameters));
  const json::array& settings = array_at(answer, "Settings");
  session.console.answer(options.form == OutputForm::Json ? pretty_json(settings)
                                                          : render(settings));
  return ok_status();
}

}  // namespace

void add_config(CLI::App& root, Choice& choice) {
  CLI::App* config = root.add_subcommand("config", "See what services of a cluster are set to");
  config->require_subcommand(0, 1);
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = config->add_subcommand(
      "explain", "Tell a setting's value, and from where it comes: the formula and its inputs");
  command->add_option("CLUSTER", options->cluster, "Name or id of the cluster")->required();
  command->add_option("KEY", options->key, "Setting, such as dfs.replication")->required();
  command->add_option("--node", options->node, "Only on this one; default: all that have it");
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, explain(session, *options));
    };
  });
  const std::vector<std::string> examples = {
      "tusker config explain wordcount dfs.replication",
      "tusker config explain wordcount yarn.nodemanager.resource.memory-mb --node core-1"};
  set_examples(*command, examples);
  set_examples(*config, examples);
}

}  // namespace tusker::cli
