#include "agent/service_scripts.h"

#include <signal.h>

#include <algorithm>

#include "agent/oci_config.h"
#include "base/text.h"
#include "proto/link.pb.h"

namespace tusker {
namespace {

constexpr std::uint64_t kDefaultLogBytes = 64ULL << 20;
// s6-log(8): the smallest and largest size of one file.
constexpr std::uint64_t kMinLogFile = 4096;
constexpr std::uint64_t kMaxLogFile = 268435455;
constexpr std::uint64_t kLogFiles = 4;  // three old ones and the current one

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '_';
         });
}

Result<std::string> exports(Environment environment, const ImageUser& user) {
  environment.try_emplace("HOME", user.home);
  environment.try_emplace("USER", user.name);
  environment.try_emplace("LOGNAME", user.name);
  std::string out;
  for (const auto& [name, value] : environment) {
    if (!is_variable_name(name) || value.find('\0') != std::string::npos) {
      return Error::make(ErrorCode::InvalidArgument,
                         "environment: expected a name of letters, digits and _, found '{:.40}'",
                         name);
    }
    out += "export " + name + "=" + shell_quoted(value) + "\n";
  }
  return out;
}

template <typename Words>
Result<std::string> exec_as(const ImageUser& user, const Words& argv) {
  if (argv.empty() || argv.begin()->empty()) {
    return Error(ErrorCode::InvalidArgument, "argv: expected a program, found nothing");
  }
  // By number, as the image names them: s6-setuidgid would start two programs more to find them.
  std::string groups = fmt::format("{}", user.gid);
  for (const gid_t group : user.groups) groups += fmt::format(",{}", group);
  std::string out =
      fmt::format("exec s6-applyuidgid -u {} -g {} -G {}", user.uid, user.gid, groups);
  for (const std::string& word : argv) {
    if (word.find('\0') != std::string::npos) {
      return Error(ErrorCode::InvalidArgument,
                   "argv: a word has a zero byte, which no program can receive");
    }
    out += ' ' + shell_quoted(word);
  }
  return out + "\n";
}

// Made before the user is given up. The kernel may refuse, where the host's limits are narrow: then
// all stay equal.
std::string oom_line(int adj) {
  return fmt::format("echo {} 2>/dev/null >/proc/self/oom_score_adj\n", adj);
}

}  // namespace

Result<std::string> role_run_script(const link::Role& role,
                                    const Environment& environment,
                                    const ImageUser& user,
                                    int oom_score_adj) {
  TK_TRY(const std::string variables, exports(environment, user));
  TK_TRY(const std::string program, exec_as(user, role.argv()));
  std::string out =
      "#!/bin/sh\n"
      "exec 2>&1 </dev/null\n"
      "number=0\n"
      "[ -r starts ] && read -r number rest <starts\n"
      "read -r uptime rest </proc/uptime\n"
      "echo \"$((number + 1)) ${uptime%.*} $$\" >starts\n";
  out += oom_line(oom_score_adj) + variables;
  const std::string directory = role.directory().empty() ? "/" : role.directory();
  out += "cd " + shell_quoted(directory) + " || exit 111\n";
  return out + program;
}

std::string role_finish_script(bool kill_group) {
  std::string out =
      "#!/bin/sh\n"
      "code=$1\n"
      "[ \"$code\" = 256 ] && code=$((128 + $2))\n"
      "read -r number began pid <starts\n"
      "echo \"$number $code\" >ended\n";
  if (kill_group) out += "kill -s KILL -- \"-$pid\" 2>/dev/null\n";
  // 125 tells s6 that it is not to start again; an operator's restart is not an end of its own.
  out +=
      "hurry=0\n"
      "[ -r hurry ] && read -r hurry <hurry\n"
      "[ -e maintenance ] && [ \"$hurry\" != \"$number\" ] && exit 125\n";
  out +=
      "delay=0\n"
      "[ -r backoff ] && read -r delay <backoff\n"
      "read -r uptime rest </proc/uptime\n"
      "if [ \"$((${uptime%.*} - began))\" -ge 60 ] || [ \"$delay\" -eq 0 ]; then delay=1; else "
      "delay=$((delay * 2)); fi\n"
      "[ \"$delay\" -gt 60 ] && delay=60\n"
      "echo \"$delay\" >backoff\n"
      "while [ \"$delay\" -gt 0 ] && [ ! -e down ]; do\n"
      "  hurry=0\n"
      "  [ -r hurry ] && read -r hurry <hurry\n"
      "  [ \"$hurry\" = \"$number\" ] && break\n"
      "  sleep 1\n"
      "  delay=$((delay - 1))\n"
      "done\n"
      "exit 0\n";
  return out;
}

std::string log_script(std::string_view name, std::uint64_t log_bytes) {
  const std::uint64_t all = log_bytes == 0 ? kDefaultLogBytes : log_bytes;
  const std::uint64_t each = std::clamp(all / kLogFiles, kMinLogFile, kMaxLogFile);
  return fmt::format(
      "#!/bin/sh\nexec s6-log n{} s{} /var/log/tusker/{}\n", kLogFiles - 1, each, name);
}

Result<std::string> task_run_script(const link::Task& task,
                                    const Environment& environment,
                                    const ImageUser& user,
                                    int oom_score_adj) {
  TK_TRY(const std::string variables, exports(environment, user));
  TK_TRY(const std::string program, exec_as(user, task.argv()));
  const std::string folder = "/run/tusker/tasks/" + task.id();
  // `start` is made only if it is not there: a supervisor that lost its process must not repeat the
  // command. Descriptor 3 is open before the user is given up, who cannot reach the folder.
  std::string out = fmt::format(
      "#!/bin/sh\n"
      "set -C\n"
      "if ! echo \"$$\" 2>/dev/null >{0}/start; then\n"
      "  set +C\n"
      "  : >again\n"
      "  exit 125\n"
      "fi\n"
      "set +C\n"
      "exec 2>&1 </dev/null 3>>{0}/notes\n",
      folder);
  out += oom_line(oom_score_adj) + variables;
  out += "cd / || exit 111\n";
  return out + program;
}

std::string task_finish_script(std::string_view task) {
  // 125 tells s6 that it is not to start again.
  return fmt::format(
      "#!/bin/sh\n"
      "[ -e again ] && exit 125\n"
      "code=$1\n"
      "[ \"$code\" = 256 ] && code=$((128 + $2))\n"
      "read -r pid </run/tusker/tasks/{0}/start\n"
      "kill -s KILL -- \"-$pid\" 2>/dev/null\n"
      "echo '{1}'\"$code\"\n"
      "echo \"$code\" >/run/tusker/tasks/{0}/exit\n"
      "exit 125\n",
      task,
      kTaskEnded);
}

Result<int> signal_number(std::string_view name) {
  if (name.starts_with("SIG")) name.remove_prefix(3);
  constexpr std::pair<std::string_view, int> kSignals[] = {{"", SIGTERM},
                                                           {"TERM", SIGTERM},
                                                           {"INT", SIGINT},
                                                           {"QUIT", SIGQUIT},
                                                           {"HUP", SIGHUP},
                                                           {"KILL", SIGKILL},
                                                           {"USR1", SIGUSR1},
                                                           {"USR2", SIGUSR2}};
  for (const auto& [known, number] : kSignals) {
    if (known == name) return number;
  }
  return Error::make(ErrorCode::InvalidArgument,
                     "signal: expected TERM, INT, QUIT, HUP, KILL, USR1 or USR2, found '{:.20}'",
                     name);
}

bool is_role_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_letter(text.front()) &&
         !text.starts_with("task-") && std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '-';
         });
}

bool is_log_name(std::string_view text) {
  constexpr std::string_view kTask = "task-";
  return is_role_name(text) || (text.starts_with(kTask) && is_task_id(text.substr(kTask.size())));
}

bool is_task_id(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
  });
}

}  // namespace tusker
