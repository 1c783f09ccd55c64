#include "api/envelope.h"

#include "api/errors.h"
#include "api/json_writer.h"

namespace tusker::api {
namespace {

// Request ids are ours: nothing in them needs escaping.
ApiReply finished(std::string text, std::string_view request_id) {
  text.append(R"("RequestId":")").append(request_id).append(R"("}})");
  ApiReply reply;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body = std::move(text);
  return reply;
}

}  // namespace

ApiReply make_reply(Answer answer, std::string_view request_id) {
  return finished(std::move(answer.text), request_id);
}

ApiReply make_error_reply(std::string_view api_code,
                          std::string_view message,
                          std::string_view request_id) {
  Answer answer;
  answer.text.append(R"("Error":{"Code":)");
  append_json(answer.text, api_code);
  answer.text.append(R"(,"Message":)");
  append_json(answer.text, message);
  answer.text.append("},");
  return finished(std::move(answer.text), request_id);
}

ApiReply make_error_reply(const Error& error, std::string_view request_id) {
  return make_error_reply(api_code_of(error), error.message(), request_id);
}

}  // namespace tusker::api
