#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace tusker::api {

// What the catalogue says about requests, as tables that the generator writes and one decoder
// reads.

enum class FieldType : std::uint8_t { String, Int64, Uint64, Double, Bool, Object };

struct ObjectSchema;

struct FieldSchema {
  std::string_view name{};
  FieldType type = FieldType::String;
  bool array = false;
  bool required = false;
  bool ignore_case = false;  // of `words`
  bool trim = false;         // white space at both ends of a text does not count
  bool clamp = false;        // a number above `max` counts as `max` instead of being refused
  const ObjectSchema* object = nullptr;       // Object
  std::span<const std::string_view> words{};  // allowed texts; empty: any
  std::span<const std::int64_t> numbers{};    // allowed numbers; empty: any within min and max
  double min =
      -std::numeric_limits<double>::infinity();  // of a number, or of a text's length in characters
  double max = std::numeric_limits<double>::infinity();
  std::uint32_t max_items = 0;    // of an array; 0: kMaxItems
  std::string_view error_code{};  // what a value outside these limits answers, when the catalogue
                                  // has its own code
};

// How values reach a C++ struct: made only for the types that handlers see. Each takes and gives
// typed memory as void*.
struct ObjectBinding {
  void* (*member)(void* object, std::size_t field) = nullptr;
  void* (*engage)(void* optional) = nullptr;  // std::optional<T>: emplaces, gives the T
  void* (*append)(void* vector) = nullptr;    // std::vector<T>: adds one, gives the T
};

struct ObjectSchema {
  std::string_view name{};
  std::span<const FieldSchema> fields;     // sorted by name
  const ObjectBinding* binding = nullptr;  // null: validated, not materialised
};

// Longest list that any request may carry.
inline constexpr std::uint32_t kMaxItems = 1000;

}  // namespace tusker::api
