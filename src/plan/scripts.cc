#include "plan/scripts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/encoding.h"
#include "plan/invalid.h"

namespace tusker {
namespace {

constexpr std::size_t kMostScripts = 16;
constexpr std::size_t kMostLine = 240;  // name and arguments
constexpr std::size_t kMostName = 100;
constexpr std::size_t kMostBytes = 64 << 10;  // small enough for a cluster's rows to have all

constexpr std::string_view kNameLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

// It becomes a file's name in nodes.
bool is_script_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostName &&
         name.find_first_not_of(kNameLetters) == std::string_view::npos;
}

Status check_script(const ScriptRequest& script) {
  if (!is_script_name(script.name)) {
    return invalid("InvalidParameter.InvalidPreExecutedFile",
                   "script \"{}\": its name has to have 1 to {} letters, digits, '.', '_' and '-'",
                   cut_text(script.name, 64),
                   kMostName);
  }
  std::size_t line = script.name.size();
  for (const std::string& argument : script.arguments) {
    line += 1 + argument.size();
    if (argument.find('\0') != std::string::npos) {
      return invalid("InvalidParameter.InvalidBootstrapAction",
                     "script {}: an argument has a zero byte, which no program can receive",
                     script.name);
    }
  }
  if (line >= kMostLine) {
    return invalid("InvalidParameter.InvalidBootstrapAction",
                   "script {}: name and arguments have {} bytes; fewer than {} are possible",
                   script.name,
                   line,
                   kMostLine);
  }
  if (!script.content.empty() && script.content.size() <= kMostBytes) return ok_status();
  return invalid("InvalidParameter.InvalidCosFileURI",
                 "script {} has {} bytes; expected 1 to {}",
                 script.name,
                 script.content.size(),
                 kMostBytes);
}

std::string digest_of(const std::string& content) {
  return "sha256:" + sha256_hex(content);
}

}  // namespace

Status check_scripts(const std::vector<ScriptRequest>& scripts) {
  if (scripts.size() > kMostScripts) {
    return invalid("LimitExceeded.BootstrapActionsNumLimitExceeded",
                   "{} scripts are to run; at most {} are possible",
                   scripts.size(),
                   kMostScripts);
  }
  for (const ScriptRequest& script : scripts) TK_TRY_VOID(check_script(script));
  return ok_status();
}

std::vector<store::Script> script_rows(const std::vector<ScriptRequest>& scripts) {
  std::vector<store::Script> rows;
  for (const ScriptRequest& script : scripts) {
    store::Script& row = rows.emplace_back();
    row.set_name(script.name);
    row.set_moment(script.moment);
    row.mutable_arguments()->Add(script.arguments.begin(), script.arguments.end());
    row.set_digest(digest_of(script.content));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const store::Script& a, const store::Script& b) {
    return a.moment() < b.moment();
  });
  return rows;
}

std::vector<store::FileContent> script_contents(const std::vector<ScriptRequest>& scripts) {
  std::map<std::string, std::string> distinct;
  for (const ScriptRequest& script : scripts)
    distinct.emplace(digest_of(script.content), script.content);
  std::vector<store::FileContent> contents;
  for (auto& [digest, bytes] : distinct) {
    store::FileContent& content = contents.emplace_back();
    content.set_digest(digest);
    content.set_content(std::move(bytes));
  }
  return contents;
}

std::vector<store::File> script_files(const store::Node& node) {
  std::vector<store::File> files;
  for (int i = 0; i < node.scripts_size(); ++i) {
    store::File& file = files.emplace_back();
    file.set_path("scripts/" + script_file_name(node, i));
    file.set_mode(0500);
    file.set_digest(node.scripts(i).digest());
  }
  return files;
}

std::string script_file_name(const store::Node& node, int number) {
  return fmt::format("{:02}-{}", number + 1, node.scripts(number).name());
}

}  // namespace tusker
