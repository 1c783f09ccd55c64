#include "api/decoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "api/generated/error_codes.h"
#include "api/json_reader.h"
#include "api/utf8.h"
#include "plan/nearest.h"

namespace tusker::api {
namespace {

// Where we are in the request, outermost last; becomes text only when something is wrong.
struct Path {
  const Path* outer = nullptr;
  std::string_view name;
  std::optional<std::size_t> index;

  std::string text() const {
    std::string before = outer != nullptr ? outer->text() : std::string();
    if (index) return before + "." + std::to_string(*index);
    if (name.empty()) return before;
    return before.empty() ? std::string(name) : before + "." + std::string(name);
  }
};

template <typename... Args>
Error refuse(std::string_view code, fmt::format_string<Args...> format, Args&&... args) {
  return Error::make(ErrorCode::InvalidArgument, format, std::forward<Args>(args)...)
      .with_api_code(code);
}

// At most 100 bytes of what was sent, cut between characters.
std::string shown(std::string_view text) {
  if (text.size() <= 100) return std::string(text);
  std::size_t end = 0;
  while (end < 97) end += std::max<std::size_t>(1, utf8_sequence(text.substr(end)));
  return std::string(text.substr(0, end)) + "…";
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::String:
      return "a string";
    case FieldType::Int64:
      return "an integer";
    case FieldType::Uint64:
      return "an integer of 0 or more";
    case FieldType::Double:
      return "a number";
    case FieldType::Bool:
      return "true or false";
    case FieldType::Object:
      return "an object";
  }
  return "";
}

std::string found_text(const Value& value) {
  if (value.kind == Value::Kind::String || value.kind == Value::Kind::Text) {
    return fmt::format("\"{}\"", shown(value.text));
  }
  if (value.kind == Value::Kind::Int) return std::to_string(value.integer);
  if (value.kind == Value::Kind::Uint) return std::to_string(value.natural);
  return std::string(kind_name(value.kind));
}

Error ill_typed(const FieldSchema& field, const Value& value, const Path& path) {
  return refuse(code::kInvalidParameter,
                "{} is {}; expected {}",
                path.text(),
                found_text(value),
                type_name(field.type));
}

std::string_view value_code(const FieldSchema& field) {
  return field.error_code.empty() ? code::kInvalidParameterValue : field.error_code;
}

// ---- scalars

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string bounds_text(const FieldSchema& field) {
  if (std::isinf(field.max)) return fmt::format("at least {}", field.min);
  if (std::isinf(field.min)) return fmt::format("at most {}", field.max);
  return fmt::format("{} to {}", field.min, field.max);
}

Result<std::string_view> read_string(const FieldSchema& field,
                                     const Value& value,
                                     const Path& path) {
  if (value.kind != Value::Kind::String && value.kind != Value::Kind::Text) {
    return ill_typed(field, value, path);
  }
  std::string_view text = field.trim ? trimmed(value.text) : value.text;
  if (!field.words.empty()) {
    const auto word = std::ranges::find_if(field.words, [&](std::string_view known) {
      return field.ignore_case ? equal_ignoring_case(known, text) : known == text;
    });
    if (word == field.words.end()) {
      return refuse(value_code(field),
                    "{} is \"{}\"; expected one of {}",
                    path.text(),
                    shown(text),
                    fmt::join(field.words, ", "));
    }
    return *word;
  }
  const auto length = static_cast<double>(utf8_length(text));
  if (length < field.min || length > field.max) {
    return refuse(value_code(field),
                  "{} is \"{}\", {} characters; expected {} characters",
                  path.text(),
                  shown(text),
                  length,
                  bounds_text(field));
  }
  return text;
}

template <typename T>
std::optional<T> parse_decimal(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The value as T; texts are accepted because published examples and forms send numbers so.
template <typename T>
std::optional<T> as_integer(const Value& value) {
  switch (value.kind) {
    case Value::Kind::String:
    case Value::Kind::Text:
      return parse_decimal<T>(trimmed(value.text));
    case Value::Kind::Int:
      if (std::in_range<T>(value.integer)) return static_cast<T>(value.integer);
      return std::nullopt;
    case Value::Kind::Uint:
      if (std::in_range<T>(value.natural)) return static_cast<T>(value.natural);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<double> as_double(const Value& value) {
  switch (value.kind) {
    case Value::Kind::String:
    case Value::Kind::Text: {
      const auto number = parse_decimal<double>(trimmed(value.text));
      return number && std::isfinite(*number) ? number : std::nullopt;
    }
    case Value::Kind::Int:
      return static_cast<double>(value.integer);
    case Value::Kind::Uint:
      return static_cast<double>(value.natural);
    case Value::Kind::Double:
      return value.real;
    default:
      return std::nullopt;
  }
}

template <typename T>
Status check_number(const FieldSchema& field, T& number, const Path& path) {
  if constexpr (!std::is_same_v<T, double>) {
    const auto same = [&](std::int64_t known) { return std::cmp_equal(known, number); };
    if (!field.numbers.empty() && std::ranges::none_of(field.numbers, same)) {
      return refuse(value_code(field),
                    "{} is {}; expected one of {}",
                    path.text(),
                    number,
                    fmt::join(field.numbers, ", "));
    }
  }
  if (static_cast<double>(number) > field.max && field.clamp) number = static_cast<T>(field.max);
  if (static_cast<double>(number) < field.min || static_cast<double>(number) > field.max) {
    return refuse(
        value_code(field), "{} is {}; expected {}", path.text(), number, bounds_text(field));
  }
  return ok_status();
}

template <typename T>
Result<T> read_number(const FieldSchema& field, const Value& value, const Path& path) {
  std::optional<T> number;
  if constexpr (std::is_same_v<T, double>) {
    number = as_double(value);
  } else {
    number = as_integer<T>(value);
  }
  if (!number) return ill_typed(field, value, path);
  TK_TRY_VOID(check_number(field, *number, path));
  return *number;
}

Result<bool> read_bool(const FieldSchema& field, const Value& value, const Path& path) {
  if (value.kind == Value::Kind::Bool) return value.boolean;
  if (value.kind == Value::Kind::Text && (value.text == "true" || value.text == "false")) {
    return value.text == "true";
  }
  return ill_typed(field, value, path);
}

// ---- where values go

// Typed memory of one field; null when the value is only checked.
struct Slot {
  void* memory = nullptr;
  const FieldSchema* field = nullptr;

  template <typename T>
  void store(T value) const {
    if (memory == nullptr) return;
    if (field->array) {
      static_cast<std::vector<T>*>(memory)->push_back(std::move(value));
    } else if (field->required) {
      *static_cast<T*>(memory) = std::move(value);
    } else {
      static_cast<std::optional<T>*>(memory)->emplace(std::move(value));
    }
  }

  void* object() const {
    if (memory == nullptr) return nullptr;
    const ObjectBinding& binding = *field->object->binding;
    if (field->array) return binding.append(memory);
    return field->required ? memory : binding.engage(memory);
  }
};

Status decode_object(const ObjectSchema& schema,
                     const Value& object,
                     void* target,
                     const Path& path);

Status decode_one(const Slot& slot, const Value& value, const Path& path) {
  const FieldSchema& field = *slot.field;
  switch (field.type) {
    case FieldType::String: {
      TK_TRY(const std::string_view text, read_string(field, value, path));
      slot.store(std::string(text));
      return ok_status();
    }
    case FieldType::Int64: {
      TK_TRY(const std::int64_t number, read_number<std::int64_t>(field, value, path));
      slot.store(number);
      return ok_status();
    }
    case FieldType::Uint64: {
      TK_TRY(const std::uint64_t number, read_number<std::uint64_t>(field, value, path));
      slot.store(number);
      return ok_status();
    }
    case FieldType::Double: {
      TK_TRY(const double number, read_number<double>(field, value, path));
      slot.store(number);
      return ok_status();
    }
    case FieldType::Bool: {
      TK_TRY(const bool truth, read_bool(field, value, path));
      slot.store(truth);
      return ok_status();
    }
    case FieldType::Object:
      if (value.kind != Value::Kind::Object) return ill_typed(field, value, path);
      return decode_object(*field.object, value, slot.object(), path);
  }
  return ok_status();
}

Status decode_list(const Slot& slot, const Value& value, const Path& path) {
  if (value.kind != Value::Kind::Array) {
    return refuse(
        code::kInvalidParameter, "{} is {}; expected a list", path.text(), found_text(value));
  }
  const std::size_t limit = slot.field->max_items > 0 ? slot.field->max_items : kMaxItems;
  if (value.size > limit) {
    return refuse(value_code(*slot.field),
                  "{} has {} entries; expected at most {}",
                  path.text(),
                  value.size,
                  limit);
  }
  std::size_t index = 0;
  for (const Value* item = value.first; item != nullptr; item = item->next, ++index) {
    TK_TRY_VOID(decode_one(slot, *item, Path{&path, {}, index}));
  }
  return ok_status();
}

const FieldSchema* find_field(const ObjectSchema& schema, std::string_view name) {
  const auto at = std::ranges::lower_bound(schema.fields, name, {}, &FieldSchema::name);
  return at != schema.fields.end() && at->name == name ? &*at : nullptr;
}

Error unknown_parameter(const ObjectSchema& schema, const Path& path, std::string_view name) {
  std::vector<std::string> names;
  for (const FieldSchema& field : schema.fields) names.emplace_back(field.name);
  // A long name is not worth comparing: that bounds the work that a stranger can cause.
  const std::string hint = name.size() > 64 ? "" : did_you_mean(name, names);
  return refuse(code::kUnknownParameter,
                "{} is no parameter of this action{}",
                Path{&path, shown(name), std::nullopt}.text(),
                hint);
}

// One bit for each field of an object: the widest has some sixty.
constexpr std::size_t kMaxFields = 128;

Status decode_object(const ObjectSchema& schema,
                     const Value& object,
                     void* target,
                     const Path& path) {
  TK_CHECK(
      schema.fields.size() <= kMaxFields, "{} has {} fields", schema.name, schema.fields.size());
  std::uint64_t seen[kMaxFields / 64] = {};
  std::uint64_t given[kMaxFields / 64] = {};
  for (const Value* member = object.first; member != nullptr; member = member->next) {
    const FieldSchema* field = find_field(schema, member->name);
    if (field == nullptr) return unknown_parameter(schema, path, member->name);
    const Path here{&path, field->name, std::nullopt};
    const auto number = static_cast<std::size_t>(field - schema.fields.data());
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    if ((seen[number / 64] & bit) != 0) {
      return refuse(code::kInvalidParameter, "{} is given twice; give it once", here.text());
    }
    seen[number / 64] |= bit;
    if (member->kind == Value::Kind::Null) continue;
    given[number / 64] |= bit;
    const Slot slot{target == nullptr ? nullptr : schema.binding->member(target, number), field};
    TK_TRY_VOID(field->array ? decode_list(slot, *member, here) : decode_one(slot, *member, here));
  }
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const FieldSchema& field = schema.fields[i];
    if (!field.required || (given[i / 64] >> (i % 64) & 1) != 0) continue;
    return refuse(code::kMissingParameter,
                  "{} is required: {}{}",
                  Path{&path, field.name, std::nullopt}.text(),
                  field.array ? "a list, each " : "",
                  type_name(field.type));
  }
  return ok_status();
}

}  // namespace

Status decode(const ObjectSchema& schema, const Value& object, void* target) {
  return decode_object(schema, object, target, Path{});
}

}  // namespace tusker::api
