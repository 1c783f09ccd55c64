#include "cli/json_text.h"

#include <boost/json.hpp>

namespace tusker::cli {

namespace json = boost::json;

Result<json::value> parse_json(std::string_view text, std::string_view what) {
  json::parse_options options;
  options.max_depth = 32;
  json::error_code failure;
  json::value value = json::parse({text.data(), text.size()}, failure, {}, options);
  if (failure) {
    return Error::make(
        ErrorCode::InvalidArgument, "{}: expected JSON, found {}", what, failure.message());
  }
  return value;
}

namespace {

void write(const json::value& value, std::size_t depth, std::string& out);

void write_list_end(std::size_t depth, char bracket, std::string& out) {
  out += '\n';
  out.append(depth * 2, ' ');
  out += bracket;
}

void write_object(const json::object& object, std::size_t depth, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, member] : object) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append((depth + 1) * 2, ' ');
    out += json::serialize(json::string(key));
    out += ": ";
    write(member, depth + 1, out);
  }
  write_list_end(depth, '}', out);
}

void write_array(const json::array& array, std::size_t depth, std::string& out) {
  out += '[';
  bool first = true;
  for (const json::value& member : array) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append((depth + 1) * 2, ' ');
    write(member, depth + 1, out);
  }
  write_list_end(depth, ']', out);
}

void write(const json::value& value, std::size_t depth, std::string& out) {
  if (value.is_object() && !value.get_object().empty()) {
    write_object(value.get_object(), depth, out);
  } else if (value.is_array() && !value.get_array().empty()) {
    write_array(value.get_array(), depth, out);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string pretty_json(const json::value& value) {
  std::string out;
  write(value, 0, out);
  return out + "\n";
}

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) return "";
  if (found->is_string()) return std::string(found->get_string());
  return found->is_number() ? json::serialize(*found) : "";
}

std::int64_t integer_at(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_number()) return 0;
  json::error_code failure;
  const auto number = found->to_number<std::int64_t>(failure);
  return failure ? 0 : number;
}

bool flag_at(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_bool() && found->get_bool();
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const json::object& object_at(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_object() ? found->get_object() : kNone;
}

}  // namespace tusker::cli
