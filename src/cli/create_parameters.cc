#include "cli/create_parameters.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

namespace {

// The API demands the sizes even where the instance type says them; 0 leaves them to it.
json::object group_spec(const std::string& instance_type, std::int64_t disk_gb) {
  return {{"Spec", "TK"},
          {"StorageType", 5},
          {"DiskType", "CLOUD_PREMIUM"},
          {"MemSize", 0},
          {"Cpu", 0},
          {"DiskSize", disk_gb},
          {"InstanceType", instance_type}};
}

json::array scripts_of(const std::vector<BootstrapScript>& scripts) {
  json::array all;
  for (const BootstrapScript& script : scripts) {
    json::array arguments;
    for (const std::string& argument : script.arguments) arguments.emplace_back(argument);
    all.push_back({{"CosFileURI", "data:;base64," + to_base64(script.content)},
                   {"CosFileName", script.name},
                   {"WhenRun", script.moment},
                   {"RunOrder", all.size() + 1},
                   {"Args", std::move(arguments)}});
  }
  return all;
}

// As a POSIX shell splits a command into words (2.2, Quoting), and nothing else of it: no
// variables, no patterns.
Result<std::vector<std::string>> shell_words(const std::string& text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;  // the one that is open
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view more = std::string_view(text).substr(i + 1);
    const bool escapes = c == '\\' && !more.empty() &&
                         (quote == 0 || (quote == '"' && (more[0] == '"' || more[0] == '\\')));
    if (quote == 0 && std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
      continue;
    }
    if (!word) word.emplace();
    if (escapes) {
      *word += text[++i];
    } else if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
      quote = quote == 0 ? c : '\0';
    } else {
      *word += c;
    }
  }
  if (word) words.push_back(*std::move(word));
  if (quote == 0) return words;
  return Error::make(
      ErrorCode::InvalidArgument, "a quotation mark is not closed in '{}'", printable(text));
}

}  // namespace

Result<BootstrapScript> bootstrap_script_of(const std::string& text) {
  constexpr std::size_t kMostBytes = 64 << 10;  // of the API
  static const std::set<std::string> kMoments = {"resourceAfter", "clusterBefore", "clusterAfter"};
  BootstrapScript script;
  script.moment = "resourceAfter";
  std::string rest = text;
  if (const std::size_t equals = text.find('='); kMoments.contains(text.substr(0, equals))) {
    script.moment = text.substr(0, equals);
    rest = text.substr(std::min(text.size(), equals + 1));
  }
  TK_TRY(std::vector<std::string> words, shell_words(rest));
  if (words.empty() || words.front().empty()) {
    return Error::make(ErrorCode::InvalidArgument,
                       "--bootstrap takes [MOMENT=]FILE and its arguments, found '{}'",
                       printable(text));
  }
  const std::string& path = words.front();
  script.arguments.assign(std::next(words.begin()), words.end());
  script.name = std::filesystem::path(path).filename().string();
  TK_TRY(script.content, read_file(path, kMostBytes).context("--bootstrap"));
  return script;
}

CreateChoices new_choices(const std::string& name, std::uint64_t product_id, Random& random) {
  CreateChoices choices;
  choices.name = name;
  choices.product_id = product_id;
  choices.client_token = random.uuid();
  choices.login_password = "Tk1" + random.text(12, "abcdefghijkmnpqrstuvwxyz23456789") + "@";
  return choices;
}

json::object create_parameters(const CreateChoices& choices) {
  json::array software;
  for (const std::string& entry : choices.software) software.emplace_back(entry);
  json::object parameters = {
      {"ProductId", choices.product_id},
      {"Software", std::move(software)},
      {"SupportHA", 0},
      {"InstanceName", choices.name},
      {"PayMode", 0},  // pay-as-you-go, the only one without money
      {"TimeSpan", 3600},
      {"TimeUnit", "s"},
      {"LoginSettings", {{"Password", choices.login_password}}},
      {"ResourceSpec",
       {{"MasterResourceSpec", group_spec(choices.master_spec, choices.disk_gb)},
        {"CoreResourceSpec", group_spec(choices.core_spec, choices.disk_gb)},
        {"MasterCount", choices.masters},
        {"CoreCount", choices.cores}}},
      {"ClientToken", choices.client_token}};
  if (!choices.tags.empty()) {
    json::array tags;
    for (const auto& [key, value] : choices.tags)
      tags.push_back({{"TagKey", key}, {"TagValue", value}});
    parameters["Tags"] = std::move(tags);
  }
  if (!choices.scripts.empty()) parameters["PreExecutedFileSettings"] = scripts_of(choices.scripts);
  return parameters;
}

Result<std::vector<std::string>> software_of(const std::vector<std::string>& components,
                                             const std::map<std::string, std::string>& versions,
                                             std::string_view release) {
  std::vector<std::string> software;
  std::vector<std::string> names;
  names.reserve(versions.size());
  for (const auto& [name, version] : versions) names.push_back(name);
  for (const std::string& component : components) {
    const auto known = versions.find(component);
    if (known != versions.end()) {
      software.push_back(component + "-" + known->second);
    } else if (component.find('-') != std::string::npos) {
      software.push_back(component);  // with its version: the server judges it
    } else {
      const auto nearest = nearest_word(component, names);
      return Error::make(ErrorCode::InvalidArgument,
                         "{} has no component '{}'{}; it has: {}",
                         release,
                         printable(component),
                         nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "",
                         fmt::join(names, ", "));
    }
  }
  return software;
}

}  // namespace tusker::cli
