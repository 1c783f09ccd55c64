#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tusker::cli {

// Follows the words of a command line through the commands; where one is neither a command nor an
// option, says which word that is and what was probably meant. Nothing when all are known.
std::optional<std::string> explain_unknown_word(const CLI::App& app,
                                                const std::vector<std::string>& words);

// Names of an App's visible commands, and of its options with their dashes.
std::vector<std::string> command_names(const CLI::App& app);
std::vector<std::string> option_names(const CLI::App& app);

}  // namespace tusker::cli
