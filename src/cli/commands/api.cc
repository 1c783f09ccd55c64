#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/file.h"
#include "cli/commands/commands.h"
#include "cli/json_text.h"
#include "cli/options.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

struct ApiOptions {
  std::string data;
  std::string action;
  std::string parameters = "{}";
};

Status call(Session& session, const ApiOptions& options) {
  std::string text = options.parameters;
  if (text == "-") {
    TK_TRY(text, read_file("/dev/stdin", 10 << 20));
  }
  TK_TRY(const json::value parameters, parse_json(text, "parameters of " + options.action));
  if (!parameters.is_object()) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "parameters of {}: expected a JSON object like {{\"InstanceId\": \"emr-…\"}}",
        options.action);
  }
  TK_TRY(const ApiClient client, session.client(options.data));
  TK_TRY(const json::object answer, client.call(options.action, parameters.get_object()));
  session.console.answer(pretty_json(answer));
  return ok_status();
}

}  // namespace

void add_api(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<ApiOptions>();
  CLI::App* command =
      root.add_subcommand("api", "Call any action of the API, signed, and print its answer");
  command->add_option("ACTION", options->action, "Name of the action")->required();
  command
      ->add_option("JSON",
                   options->parameters,
                   "Its parameters as a JSON object; '-' reads them from standard input")
      ->capture_default_str();
  add_data_option(*command, options->data);
  command->callback([&choice, options] {
    choice.action = [options](Session& session) {
      return report(session, call(session, *options));
    };
  });
  set_examples(*command,
               {"tusker api DescribeInstances '{\"DisplayStrategy\": \"clusterList\"}'",
                "tusker api DescribeHosts"});
}

}  // namespace tusker::cli
