#include <unistd.h>

#include <climits>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "cli/app.h"
#include "cli/console.h"
#include "cli/session.h"

namespace {

// The path of this very program, for the children of `up`: argv[0] may be found elsewhere later.
std::string own_path() {
  std::string path(PATH_MAX, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return path;
}

}  // namespace

int main(int count, char** arguments) {
  const tusker::cli::Environment environment = tusker::cli::process_environment();
  tusker::cli::Console console = tusker::cli::Console::of_process(environment);
  const tusker::SystemClock clock;
  tusker::SystemProcessRunner processes;
  tusker::cli::Session session{.console = console,
                               .environment = environment,
                               .clock = clock,
                               .processes = processes,
                               .post = tusker::cli::network_post(),
                               .program = own_path()};
  return tusker::cli::run_command_line(std::vector<std::string>(arguments + 1, arguments + count),
                                       session);
}
