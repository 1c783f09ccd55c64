#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace tusker::cli {

// Why something failed, as the API's FlowFailure tells it; safe to print.
struct FailureView {
  std::string stage;
  std::string host;
  std::string node;
  std::string role;
  std::string what;
  std::string command;
  std::int64_t exit_code = 0;
  std::string message;
  std::vector<std::string> log;
};

FailureView read_failure(const boost::json::object& info);

// Host, node, role, command, exit code and log, for a person.
std::string render_failure(const FailureView& failure);

}  // namespace tusker::cli
