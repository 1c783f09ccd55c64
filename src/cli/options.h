#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/credentials.h"
#include "cli/session.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tusker::cli {

// Options that several commands share, so that they are spelled and explained once.

// --data DIR
CLI::Option* add_data_option(CLI::App& command, std::string& data);

// --output table|json
enum class OutputForm { Table, Json };
void add_output_option(CLI::App& command, OutputForm& form);

// --wait and --timeout SECONDS
struct WaitFlags {
  bool wait = false;
  std::int64_t timeout_s = 3600;
};
void add_wait_options(CLI::App& command, WaitFlags& flags);

// Examples at the end of a command's help: one line each.
void set_examples(CLI::App& command, const std::vector<std::string>& lines);

// The command's action, called with its options, which live as long as the App.
template <typename Options>
void choose(Choice& choice,
            const std::shared_ptr<Options>& options,
            int (*action)(Session&, const Options&)) {
  choice.action = [options, action](Session& session) { return action(session, *options); };
}

}  // namespace tusker::cli
