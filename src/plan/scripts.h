#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker {

// A bootstrap script as asked for: still hostile. check_scripts() checks it.
struct ScriptRequest {
  std::string name;  // of its file: setup.sh
  store::Script::Moment moment = store::Script::RESOURCE_AFTER;
  std::vector<std::string> arguments;
  std::string content;
};

// InvalidArgument, with the documented codes (docs/reference/semantics.md 2.8): too many scripts,
// names and arguments too long, a name that is none, a content that is empty or too long.
Status check_scripts(const std::vector<ScriptRequest>& scripts);

// What a cluster and its nodes keep of them, in the order in which they run; and their contents,
// each once.
std::vector<store::Script> script_rows(const std::vector<ScriptRequest>& scripts);
std::vector<store::FileContent> script_contents(const std::vector<ScriptRequest>& scripts);

// The files of a node's scripts: below /etc/tusker/current, readable by root alone. In their order.
std::vector<store::File> script_files(const store::Node& node);

// What a node's nth script, from 0, is called there and in logs: "01-setup.sh".
std::string script_file_name(const store::Node& node, int number);

}  // namespace tusker
