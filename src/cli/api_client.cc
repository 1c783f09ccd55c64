#include "cli/api_client.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/sign.h"
#include "cli/answer.h"
#include "cli/json_text.h"
#include "cli/words.h"

namespace tusker::cli {

namespace json = boost::json;

Error to_error(const ApiFailure& failure) {
  ErrorCode code = ErrorCode::FailedPrecondition;
  if (failure.code.starts_with("ResourceNotFound")) code = ErrorCode::NotFound;
  if (failure.code.starts_with("ResourceInUse")) code = ErrorCode::FailedPrecondition;
  if (failure.code.starts_with("ResourceInsufficient")) code = ErrorCode::ResourceExhausted;
  if (failure.code.starts_with("InvalidParameter")) code = ErrorCode::InvalidArgument;
  if (failure.code.starts_with("AuthFailure")) code = ErrorCode::Unauthenticated;
  if (failure.code.starts_with("UnsupportedOperation")) code = ErrorCode::Unsupported;
  if (failure.code.starts_with("InternalError")) code = ErrorCode::Internal;
  return Error::make(code,
                     "{}\n  code {}, request {}",
                     printable(failure.message),
                     printable(failure.code),
                     printable(failure.request_id));
}

bool may_pass(const Error& error) {
  return error.code() == ErrorCode::Unavailable || error.code() == ErrorCode::DeadlineExceeded;
}

std::string_view version_of(std::string_view action) {
  constexpr std::string_view kOwn[] = {
      "PlanInstance",   "DescribeFlows",  "CancelFlow",       "ModifyFlowDeadline",
      "DescribeHosts",  "DescribeNodes",  "DescribeEvents",   "DescribeJobs",
      "CancelJob",      "ExplainSetting", "DescribeRoleLogs", "DescribeBundles",
      "CreatePageLink", "CleanHost",      "ForgetHost",       "CreateKey",
      "DescribeKeys",   "DeleteKey",      "CopyMetadata",     "DescribeMetadataCopies",
      "RestoreMetadata"};
  return std::ranges::find(kOwn, action) == std::end(kOwn) ? kPublicVersion : kOwnVersion;
}

ApiClient::ApiClient(Access access, const Clock& clock, HttpPost post)
    : access_(std::move(access)), clock_(clock), post_(std::move(post)) {}

namespace {

Result<ApiClient::Answer> read_answer(const HttpOutcome& outcome) {
  if (outcome.status != 200) {
    return Error::make(ErrorCode::Unavailable,
                       "the server answered with HTTP status {}: {}",
                       outcome.status,
                       printable(outcome.body.substr(0, 200)));
  }
  TK_TRY(json::value parsed, parse_json(outcome.body, "the server's answer"));
  if (!parsed.is_object() || object_at(parsed.get_object(), "Response").empty()) {
    return Error::make(
        ErrorCode::Corrupt,
        "expected an answer of the EMR API, found {}; is another program listening there?",
        printable(outcome.body.substr(0, 200)));
  }
  ApiClient::Answer answer;
  answer.response = std::move(parsed.get_object()["Response"].get_object());
  const json::object& error = object_at(answer.response, "Error");
  if (!error.empty()) {
    answer.failure = ApiFailure{.code = text_at(error, "Code"),
                                .message = text_at(error, "Message"),
                                .request_id = text_at(answer.response, "RequestId")};
  }
  return answer;
}

}  // namespace

Result<ApiClient::Answer> ApiClient::ask(std::string_view action,
                                         const json::object& parameters) const {
  HttpExchange exchange;
  exchange.host = access_.host;
  exchange.port = access_.port;
  exchange.body = json::serialize(parameters);
  exchange.timeout = timeout_;
  const std::string host = access_.endpoint().substr(std::string_view("http://").size());
  api::Tc3Request request;
  request.host = host;
  request.body = exchange.body;
  request.now = clock_.wall();
  const api::Tc3Headers signature =
      api::sign_tc3({.secret_id = access_.secret_id, .secret_key = access_.secret_key}, request);
  exchange.headers = {{"Host", host},
                      {"Content-Type", std::string(request.content_type)},
                      {"Authorization", signature.authorization},
                      {"X-TC-Timestamp", signature.timestamp},
                      {"X-TC-Action", std::string(action)},
                      {"X-TC-Version", std::string(version_of(action))},
                      {"X-TC-Region", access_.region},
                      {"X-TC-Language", "en-US"},
                      {"X-TC-RequestClient", "tusker"}};
  TK_TRY(const HttpOutcome outcome,
         post_(exchange).context("{} at {}", action, access_.endpoint()));
  return read_answer(outcome).context("{} at {}", action, access_.endpoint());
}

Result<json::object> ApiClient::call(std::string_view action,
                                     const json::object& parameters) const {
  TK_TRY(Answer answer, ask(action, parameters));
  if (answer.failure) return to_error(*answer.failure).context("{}", action);
  return std::move(answer.response);
}

}  // namespace tusker::cli
