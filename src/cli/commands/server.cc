#include "server/server.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/log_level.h"
#include "cli/options.h"
#include "cli/up.h"

namespace tusker::cli {

namespace {

struct ServerFlags {
  std::string data;
  std::string listen = "127.0.0.1:7480";
  std::string agents_listen = "127.0.0.1:0";
  bool rate_limit = true;
  std::string run_as;
  std::string log_file;
  std::string log_level = "info";
};

Result<std::pair<uid_t, gid_t>> parse_run_as(const std::string& text) {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, uid);
  const bool colon = first.ec == std::errc() && first.ptr != end && *first.ptr == ':';
  const auto second = colon ? std::from_chars(first.ptr + 1, end, gid) : first;
  if (!colon || second.ec != std::errc() || second.ptr != end || uid == 0 || gid == 0) {
    return Error::make(ErrorCode::InvalidArgument,
                       "--run-as takes the numbers UID:GID of an ordinary user, found '{}'",
                       text);
  }
  return std::pair<uid_t, gid_t>(uid, gid);
}

int start(Session& session, const ServerFlags& flags) {
  server::ServerOptions options;
  options.data = absolute_path(flags.data);
  options.listen = flags.listen;
  options.agents_listen = flags.agents_listen;
  options.rate_limit = flags.rate_limit;
  options.log_file = flags.log_file;
  options.log_level = parse_log_level(flags.log_level);
  if (!flags.run_as.empty()) {
    Result<std::pair<uid_t, gid_t>> user = parse_run_as(flags.run_as);
    if (!user.ok()) {
      report(session, user.error());
      return kUsage;
    }
    options.run_as = *user;
  }
  const Result<int> ended = server::run(options);
  if (ended.ok()) return *ended;
  session.console.error(ended.error().message());
  return start_failure_code(ended.error());
}

}  // namespace

void add_server(CLI::App& root, Choice& choice) {
  auto flags = std::make_shared<ServerFlags>();
  CLI::App* command = root.add_subcommand("server", "Run only the server, in the foreground");
  add_data_option(*command, flags->data);
  command->add_option("--listen", flags->listen, "Address of the API")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command
      ->add_option(
          "--agents-listen", flags->agents_listen, "Address for agents; a port chosen once is kept")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command->add_flag(
      "!--no-rate-limit", flags->rate_limit, "Answer more than 20 calls a second of one action");
  command->add_option("--run-as", flags->run_as, "User to become, when started by root")
      ->type_name("UID:GID");
  add_log_options(*command, flags->log_file, flags->log_level);
  command->callback([&choice, flags] { choose(choice, flags, start); });
  set_examples(*command, {"tusker server --data /srv/tusker --listen 127.0.0.1:7480"});
}

}  // namespace tusker::cli
