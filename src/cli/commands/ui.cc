#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "cli/clusters.h"
#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct UiOptions {
  std::string data;
  std::string cluster;
  OutputForm form = OutputForm::Table;
};

// A browser finds the server at the port where we do: here, or through the same tunnel.
std::string url_of(const ApiClient& client, const json::object& place) {
  return fmt::format(
      "http://{}:{}{}", text_at(place, "Hostname"), client.access().port, text_at(place, "Path"));
}

json::object links_of(const ApiClient& client, const json::object& answer) {
  json::array pages;
  for (const json::value& entry : array_at(answer, "Pages")) {
    if (!entry.is_object()) continue;
    json::object page = entry.get_object();
    page["Url"] = url_of(client, page);
    pages.push_back(std::move(page));
  }
  return {{"Link", url_of(client, answer)},
          {"ValidSeconds", integer_at(answer, "ValidSeconds")},
          {"SessionSeconds", integer_at(answer, "SessionSeconds")},
          {"Pages", std::move(pages)}};
}

Status ui(Session& session, const UiOptions& options) {
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const std::string cluster_id, find_cluster_id(client, options.cluster));
  TK_TRY(const json::object answer,
         client.call("CreatePageLink", json::object{{"InstanceId", cluster_id}}));
  if (options.form == OutputForm::Json) {
    session.console.answer(pretty_json(links_of(client, answer)));
    return ok_status();
  }
  session.console.answer(printable(url_of(client, answer)) + "\n");
  session.console.note(fmt::format(
      "Follow it within {} s: it lets one browser in, for {} hours. If the browser is on another "
      "machine, first: ssh -L {}:127.0.0.1:{} THIS-MACHINE\n",
      integer_at(answer, "ValidSeconds"),
      integer_at(answer, "SessionSeconds") / 3600,
      client.access().port,
      client.access().port));
  return ok_status();
}

}  // namespace

void add_ui(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<UiOptions>();
  CLI::App* command = root.add_subcommand(
      "ui",
      "Print a link to the pages of a cluster's services: NameNode, ResourceManager, history");
  command->add_option("CLUSTER", options->cluster, "Name or id of the cluster")->required();
  add_data_option(*command, options->data);
  add_output_option(*command, options->form);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) { return report(session, ui(session, *options)); };
  });
  set_examples(*command, {"tusker ui wordcount", "tusker ui wordcount -o json"});
}

}  // namespace tusker::cli
