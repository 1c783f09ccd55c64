#include "bundle/tools.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <array>
#include <cstdlib>

namespace tusker {
namespace {

// Settings of the person who builds that the ordinary clients honour: proxies, the home folder with
// Maven's cache and settings, pip's index.
constexpr std::array kPassedOn = {"HOME",
                                  "MAVEN_OPTS",
                                  "MAVEN_ARGS",
                                  "JAVA_HOME",
                                  "PIP_CERT",
                                  "PIP_CONFIG_FILE",
                                  "PIP_DEFAULT_TIMEOUT",
                                  "PIP_EXTRA_INDEX_URL",
                                  "PIP_FIND_LINKS",
                                  "PIP_INDEX_URL",
                                  "PIP_TRUSTED_HOST",
                                  "http_proxy",
                                  "https_proxy",
                                  "no_proxy",
                                  "HTTP_PROXY",
                                  "HTTPS_PROXY",
                                  "NO_PROXY",
                                  "all_proxy",
                                  "ALL_PROXY"};

constexpr std::size_t kLastBytes = 1500;

std::map<std::string, std::string> environment_for(const ToolRun& tool) {
  std::map<std::string, std::string> environment = tool.environment;
  for (const char* name : kPassedOn) {
    if (const char* value = ::getenv(name)) environment.try_emplace(name, value);
  }
  environment.try_emplace("HOME", "/root");
  return environment;
}

// Cuts output into lines, whatever pieces it comes in. Progress bars overwrite their line with
// '\r', which ends one as well.
class Lines {
 public:
  template <typename Sink>
  void add(std::string_view piece, Sink&& sink) {
    for (const char c : piece) {
      if (c != '\n' && c != '\r') {
        if (line_.size() < 500) line_ += c;
        continue;
      }
      if (!line_.empty()) sink(line_);
      line_.clear();
    }
  }

 private:
  std::string line_;
};

}  // namespace

Result<ToolEnd> Tools::run(const ToolRun& tool) const {
  BundleProgress progress{tool.phase, what_, 0, tool.bytes_total, ""};
  Time told = clock_.now() - std::chrono::hours(1);
  const auto tell = [&](bool now) {
    if (!options_.progress || (!now && clock_.now() - told < std::chrono::seconds(1))) return;
    if (tool.bytes_done) progress.bytes_done = tool.bytes_done();
    options_.progress(progress);
    told = clock_.now();
  };
  tell(true);

  Lines lines;
  Command command;
  command.argv = {"setpriv", "--pdeathsig", "KILL"};
  command.argv.insert(command.argv.end(), tool.argv.begin(), tool.argv.end());
  command.environment = environment_for(tool);
  command.directory = tool.directory;
  command.timeout = tool.timeout;
  command.on_output = [&](std::string_view piece) {
    lines.add(piece, [&](const std::string& line) {
      const std::string shown = tool.line_shown ? tool.line_shown(line) : line;
      if (!shown.empty()) progress.line = shown;
    });
    tell(false);
  };
  command.cancelled = [&] {
    tell(false);
    return options_.cancelled && options_.cancelled();
  };
  TK_TRY(Finished finished, processes_.run(command).context("{}", what_));
  tell(true);
  return ToolEnd{finished.exit_code, std::move(finished.output)};
}

Status Tools::must_run(const ToolRun& tool) const {
  TK_TRY(const ToolEnd end, run(tool));
  if (end.exit_code != 0) return tool_failed(tool.argv.front(), end).context("{}", what_);
  return ok_status();
}

void Tools::say(std::string phase,
                std::string line,
                std::uint64_t done,
                std::uint64_t total) const {
  if (options_.progress) options_.progress({std::move(phase), what_, done, total, std::move(line)});
}

Status Tools::go_on() const {
  if (!options_.cancelled || !options_.cancelled()) return ok_status();
  return Error::make(ErrorCode::Cancelled,
                     "{}: the build was cancelled; the next one goes on from what is finished",
                     what_);
}

Error tool_failed(const std::string& tool, const ToolEnd& end) {
  std::string_view last = end.output;
  while (!last.empty() && (last.back() == '\n' || last.back() == ' ')) last.remove_suffix(1);
  if (last.size() > kLastBytes) {
    last.remove_prefix(last.size() - kLastBytes);
    last.remove_prefix(std::min(last.find('\n') + 1, last.size()));
  }
  return Error::make(ErrorCode::Internal,
                     "{} ended with exit code {}: {}",
                     tool,
                     end.exit_code,
                     last.empty() ? "(no output)" : last);
}

std::vector<std::string> in_own_namespaces(std::vector<std::string> argv) {
  std::vector<std::string> out = {"unshare",
                                  "--mount",
                                  "--propagation",
                                  "private",
                                  "--pid",
                                  "--fork",
                                  "--kill-child",
                                  "--mount-proc",
                                  "--"};
  out.insert(out.end(), std::make_move_iterator(argv.begin()), std::make_move_iterator(argv.end()));
  return out;
}

std::string debian_architecture() {
  utsname name{};
  ::uname(&name);
  const std::string_view machine = name.machine;
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  return std::string(machine);
}

}  // namespace tusker
