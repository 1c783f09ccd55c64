#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "api/schema.h"
#include "api/value.h"
#include "base/result.h"

namespace tusker::api {

class Call;

// What a handler has to say: an answer up to its last member's comma. The envelope ends it with the
// RequestId.
struct Answer {
  std::string text = R"({"Response":{)";
};

// Called exactly once, on the loop.
using AnswerCallback = std::function<void(Result<Answer>)>;

// Decodes, then calls the action's handler. The values live until it returns.
using Handler = void (*)(const Value& parameters, Call& call, AnswerCallback done);

// One row of the catalogue.
struct ActionInfo {
  std::string_view name;
  std::string_view version;
  std::string_view category;
  std::string_view permission;  // emr:DescribeInstances
  std::uint32_t calls_per_second = 20;
  bool mutating = false;  // the operation log records it
  bool stream = false;    // served as a WebSocket, not here
  const ObjectSchema* request = nullptr;
  Handler handler = nullptr;  // null: not built yet
};

// Generated; sorted by name.
std::span<const ActionInfo> all_actions();

// Null when this version has no such action.
const ActionInfo* find_action(std::string_view name, std::string_view version);
bool is_version(std::string_view version);

}  // namespace tusker::api
