#include "api/value.h"

namespace tusker::api {

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::Null:
      return "null";
    case Value::Kind::Bool:
      return "a boolean";
    case Value::Kind::Int:
    case Value::Kind::Uint:
      return "an integer";
    case Value::Kind::Double:
      return "a number that is no 64-bit integer";
    case Value::Kind::String:
    case Value::Kind::Text:
      return "a string";
    case Value::Kind::Array:
      return "a list";
    case Value::Kind::Object:
      return "an object";
  }
  return "nothing";
}

}  // namespace tusker::api
