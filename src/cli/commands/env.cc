#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/env_lines.h"
#include "cli/exit_codes.h"
#include "cli/options.h"

namespace tusker::cli {

namespace {

struct EnvOptions {
  std::string data;
  bool sdk = false;
};

// The names that the official SDKs, tccli and the Terraform provider read. Only the provider takes
// the address from the environment; it calls emr.<domain>, and names under localhost resolve to
// this machine.
std::string sdk_lines(const Access& access) {
  return export_line("TENCENTCLOUD_SECRET_ID", access.secret_id) +
         export_line("TENCENTCLOUD_SECRET_KEY", access.secret_key) +
         export_line("TENCENTCLOUD_REGION", access.region) +
         export_line("TENCENTCLOUD_PROTOCOL", "HTTP") +
         export_line("TENCENTCLOUD_DOMAIN", fmt::format("localhost:{}", access.port)) +
         fmt::format(
             "# Python: HttpProfile(protocol=\"http\", endpoint=\"{}\"); tccli: --endpoint {}\n",
             access.endpoint().substr(std::string_view("http://").size()),
             access.endpoint());
}

int print_env(Session& session, const EnvOptions& options) {
  const Result<Access> access = read_access(options.data);
  if (!access.ok()) return report(session, access.error());
  session.console.answer(options.sdk ? sdk_lines(*access) : own_env_lines(*access));
  return kDone;
}

}  // namespace

void add_env(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<EnvOptions>();
  CLI::App* command = root.add_subcommand(
      "env", "Print export lines with the server's address and its root key, for a shell to read");
  command->add_flag("--sdk", options->sdk, "The names that the official SDKs and tools read");
  add_data_option(*command, options->data);
  command->callback([&choice, options] { choose(choice, options, print_env); });
  set_examples(*command, {"eval \"$(sudo tusker env)\"", "eval \"$(sudo tusker env --sdk)\""});
}

}  // namespace tusker::cli
