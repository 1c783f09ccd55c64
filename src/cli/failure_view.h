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

// Its first line: where, why and what to do. `cluster` is the name or id that commands take.
std::string headline(const FailureView& failure, const std::string& cluster);

// Stage, command, exit code and log, for a person.
std::string render_failure_facts(const FailureView& failure);

// The headline and these facts.
std::string render_failure(const FailureView& failure, const std::string& cluster);

}  // namespace tusker::cli
