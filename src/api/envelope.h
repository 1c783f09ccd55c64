#pragma once

#include <string_view>

#include "api/action.h"
#include "api/request.h"
#include "base/result.h"

namespace tusker::api {

// {"Response":{…,"RequestId":"…"}}: every answer of the API, as clients demand it
// (docs/reference/wire-protocol.md 6, docs/reference/clients.md 1). Status 200 and a Content-Type
// of exactly application/json, for errors too: the Python SDK looks for errors only then.
ApiReply make_reply(Answer answer, std::string_view request_id);
ApiReply make_error_reply(std::string_view api_code,
                          std::string_view message,
                          std::string_view request_id);
ApiReply make_error_reply(const Error& error, std::string_view request_id);

}  // namespace tusker::api
