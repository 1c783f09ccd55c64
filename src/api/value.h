#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tusker::api {

// What one parameter looks like on the wire, before anybody knows what it should be. A tree in an
// Arena; every text borrows from the request's bytes or from the arena.
struct Value {
  enum class Kind : std::uint8_t {
    Null,
    Bool,
    Int,     // fits int64
    Uint,    // fits uint64 and not int64
    Double,  // has a fraction or an exponent, or fits neither
    String,
    Array,
    Object,
    Text,  // of a form or query: a scalar whose type only the catalogue knows
  };

  Kind kind = Kind::Null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  double real = 0;
  std::string_view text;  // String, Text

  std::string_view name;         // as a member of an Object
  const Value* first = nullptr;  // Array, Object: the children, in the order received
  const Value* next = nullptr;   // sibling
  std::size_t size = 0;          // number of children
};

// "a string", "an integer"…, for messages.
std::string_view kind_name(Value::Kind kind);

}  // namespace tusker::api
