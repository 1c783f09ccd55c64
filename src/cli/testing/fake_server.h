#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/api_client.h"

namespace tusker::cli {

// Answers calls by action, as the server would, without one: each action has a list of answers, the
// last of which repeats. An answer with the key "Error" is a failure; the JSON null is a server
// that cannot be reached.
class FakeServer {
 public:
  void answer(const std::string& action, std::vector<boost::json::value> answers) {
    answers_[action] = std::move(answers);
  }

  HttpPost post() {
    return [this](const HttpExchange& exchange) { return take(exchange); };
  }

  struct Call {
    std::string action;
    boost::json::object parameters;
    std::map<std::string, std::string> headers;
  };
  std::vector<Call> calls;

 private:
  Result<HttpOutcome> take(const HttpExchange& exchange) {
    Call call;
    for (const auto& [name, value] : exchange.headers) call.headers[name] = value;
    call.action = call.headers["X-TC-Action"];
    call.parameters = boost::json::parse(exchange.body).as_object();
    calls.push_back(call);
    std::vector<boost::json::value>& list = answers_[call.action];
    if (list.empty()) return Error::make(ErrorCode::Internal, "no answer for {}", call.action);
    boost::json::value next = list.front();
    if (list.size() > 1) list.erase(list.begin());
    if (next.is_null()) return Error::make(ErrorCode::Unavailable, "connection refused");
    next.as_object()["RequestId"] = "request-1";
    return HttpOutcome{.status = 200,
                       .body = boost::json::serialize(boost::json::value{{"Response", next}})};
  }

  std::map<std::string, std::vector<boost::json::value>> answers_;
};

}  // namespace tusker::cli
