#include "api/envelope.h"

#include "api/errors.h"
#include "api/json_writer.h"

namespace tusker::api {
namespace {

ApiReply new_reply(std::size_t size) {
  ApiReply reply;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body.reserve(size + 96);
  reply.body.append(R"({"Response":{)");
  return reply;
}

void finish(ApiReply& reply, std::string_view request_id) {
  reply.body.append(R"("RequestId":)");
  append_json(reply.body, request_id);
  reply.body.append("}}");
}

}  // namespace

ApiReply make_reply(const Answer& answer, std::string_view request_id) {
  ApiReply reply = new_reply(answer.members.size());
  reply.body.append(answer.members);
  finish(reply, request_id);
  return reply;
}

ApiReply make_error_reply(std::string_view api_code,
                          std::string_view message,
                          std::string_view request_id) {
  ApiReply reply = new_reply(message.size() + 64);
  reply.body.append(R"("Error":{"Code":)");
  append_json(reply.body, api_code);
  reply.body.append(R"(,"Message":)");
  append_json(reply.body, message);
  reply.body.append("},");
  finish(reply, request_id);
  return reply;
}

ApiReply make_error_reply(const Error& error, std::string_view request_id) {
  return make_error_reply(api_code_of(error), error.message(), request_id);
}

}  // namespace tusker::api
