#include "agent/agent.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/log_level.h"
#include "cli/options.h"
#include "cli/up.h"

namespace tusker::cli {

namespace {

constexpr Duration kLongestWait = std::chrono::seconds(60);
constexpr Duration kLook = std::chrono::milliseconds(50);

struct AgentFlags {
  std::string data;
  std::string server;
  std::string join_token_file;
  std::string run_folder = "/run/tusker";
  std::string host_name;
  std::string log_file;
  std::string log_level = "info";
};

// The second line of the endpoint file, which a server on this machine writes once it listens.
Result<std::string> wait_for_local_server(const std::string& data, const Clock& clock) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  const std::string path = data + "/server/endpoint";
  const Time start = clock.now();
  for (;;) {
    const Result<std::string> text = read_file(path, 4096);
    const std::size_t line_end = text.ok() ? text->find('\n') : std::string::npos;
    if (line_end != std::string::npos) {
      std::string second = text->substr(line_end + 1);
      second = second.substr(0, second.find('\n'));
      if (!second.empty()) return second;
    }
    if (clock.now() - start > kLongestWait) {
      return Error::make(ErrorCode::Unavailable,
                         "no server on this machine has written {} within 60 s; say where it is: "
                         "--server HOST:PORT",
                         path);
    }
    if (interrupt.wait(kLook))
      return Error::make(ErrorCode::Cancelled, "interrupted before the server was there");
  }
}

Status run(Session& session, const AgentFlags& flags) {
  AgentOptions options;
  options.data = absolute_path(flags.data);
  if (::geteuid() != 0) {
    return Error::make(
        ErrorCode::PermissionDenied,
        "tusker agent needs root, for containers, mounts and networks. Run it with sudo");
  }
  TK_TRY_VOID(ensure_directory(options.data + "/agent", 0700));
  options.server = flags.server;
  if (options.server.empty()) {
    TK_TRY(options.server, wait_for_local_server(options.data, session.clock));
  }
  options.join_token_file =
      flags.join_token_file.empty() ? options.data + "/server/join-token" : flags.join_token_file;
  options.run_folder = flags.run_folder;
  options.host_name = flags.host_name;
  const LogLevel level = parse_log_level(flags.log_level);
  const Log log =
      flags.log_file.empty() ? Log::to_stderr(level) : Log::to_file(flags.log_file, level);
  return run_agent(options, log);
}

int start(Session& session, const AgentFlags& flags) {
  const Status ended = run(session, flags);
  if (ended.ok() || ended.error().code() == ErrorCode::Cancelled) return kDone;
  session.console.error(ended.error().message());
  return start_failure_code(ended.error());
}

}  // namespace

void add_agent(CLI::App& root, Choice& choice) {
  auto flags = std::make_shared<AgentFlags>();
  CLI::App* command = root.add_subcommand(
      "agent", "Run only the agent, which runs this machine's nodes, in the foreground");
  add_data_option(*command, flags->data);
  command
      ->add_option("--server",
                   flags->server,
                   "The server's port for agents; without it, the server in --data")
      ->type_name("HOST:PORT");
  command
      ->add_option(
          "--join-token-file", flags->join_token_file, "Token to join with, the first time")
      ->type_name("FILE");
  command
      ->add_option(
          "--host-name", flags->host_name, "A label for this host; without it the machine's name")
      ->type_name("NAME");
  command->add_option("--run-folder", flags->run_folder, "Where run-time files go")
      ->type_name("DIR")
      ->capture_default_str();
  add_log_options(*command, flags->log_file, flags->log_level);
  command->callback([&choice, flags] { choose(choice, flags, start); });
  set_examples(*command,
               {"sudo tusker agent --server 10.0.0.5:7481 --join-token-file /root/join-token"});
}

}  // namespace tusker::cli
