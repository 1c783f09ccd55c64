#include "api/value.h"

#include <cstring>
#include <new>

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

Value* Arena::make() {
  static_assert(std::is_trivially_destructible_v<Value>,
                "the arena frees memory without destructors");
  return new (resource_.allocate(sizeof(Value), alignof(Value))) Value();
}

char* Arena::bytes(std::size_t count) {
  return static_cast<char*>(resource_.allocate(count > 0 ? count : 1, 1));
}

std::string_view Arena::copy(std::string_view text) {
  char* place = bytes(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

}  // namespace tusker::api
