#include "api/json_reader.h"

#include <boost/json/basic_parser_impl.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace tusker::api {
namespace {

using boost::json::error_code;
using boost::json::string_view;

// Builds our tree from the parser's events. A tree of our own rather than Boost's, because that one
// drops duplicate names.
class TreeBuilder {
 public:
  static constexpr std::size_t max_object_size = kMaxValues;
  static constexpr std::size_t max_array_size = kMaxValues;
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = 16 << 20;

  TreeBuilder(std::string_view body, Arena& arena) : body_(body), arena_(arena) {}
  const Value* root() const { return root_; }
  bool too_many() const { return count_ > kMaxValues; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return open(Value::Kind::Object, ec); }
  bool on_array_begin(error_code& ec) { return open(Value::Kind::Array, ec); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(string_view part, std::size_t, error_code&) { return keep(part); }
  bool on_string_part(string_view part, std::size_t, error_code&) { return keep(part); }

  bool on_key(string_view text, std::size_t, error_code&) {
    name_ = take(text);
    return true;
  }
  bool on_string(string_view text, std::size_t, error_code& ec) {
    Value* value = add(Value::Kind::String, ec);
    if (value != nullptr) value->text = take(text);
    return value != nullptr;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code& ec) {
    Value* value = add(Value::Kind::Int, ec);
    if (value != nullptr) value->integer = number;
    return value != nullptr;
  }
  bool on_uint64(std::uint64_t number, string_view, error_code& ec) {
    Value* value = add(Value::Kind::Uint, ec);
    if (value != nullptr) value->natural = number;
    return value != nullptr;
  }
  bool on_double(double number, string_view, error_code& ec) {
    Value* value = add(Value::Kind::Double, ec);
    if (value != nullptr) value->real = number;
    return value != nullptr;
  }
  bool on_bool(bool truth, error_code& ec) {
    Value* value = add(Value::Kind::Bool, ec);
    if (value != nullptr) value->boolean = truth;
    return value != nullptr;
  }
  bool on_null(error_code& ec) { return add(Value::Kind::Null, ec) != nullptr; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Level {
    Value* container;
    Value* last;
  };

  bool keep(string_view part) {
    parts_.append(part.data(), part.size());
    return true;
  }

  // The parser hands out escaped texts from its own buffer and plain ones from the body; only the
  // former need a copy.
  std::string_view take(string_view text) {
    if (!parts_.empty()) {
      parts_.append(text.data(), text.size());
      const std::string_view whole = arena_.copy(parts_);
      parts_.clear();
      return whole;
    }
    const std::string_view view(text.data(), text.size());
    const std::less<const char*> before;
    const bool borrowed = !before(view.data(), body_.data()) &&
                          !before(body_.data() + body_.size(), view.data() + view.size());
    return borrowed ? view : arena_.copy(view);
  }

  Value* add(Value::Kind kind, error_code& ec) {
    if (++count_ > kMaxValues) {
      ec = boost::json::error::array_too_large;
      return nullptr;
    }
    Value* value = arena_.make<Value>();
    value->kind = kind;
    if (open_.empty()) {
      root_ = value;
      return value;
    }
    Level& level = open_.back();
    if (level.container->kind == Value::Kind::Object) value->name = name_;
    if (level.last == nullptr) {
      level.container->first = value;
    } else {
      level.last->next = value;
    }
    level.last = value;
    ++level.container->size;
    return value;
  }

  bool open(Value::Kind kind, error_code& ec) {
    Value* value = add(kind, ec);
    if (value == nullptr) return false;
    open_.push_back({value, nullptr});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view body_;
  Arena& arena_;
  Value* root_ = nullptr;
  std::vector<Level> open_;
  std::string_view name_;  // of the member that comes next
  std::string parts_;      // of a text that arrives in pieces
  std::size_t count_ = 0;
};

Error syntax_error(const error_code& ec, std::size_t at, bool too_many) {
  if (too_many) {
    return Error::make(ErrorCode::InvalidArgument,
                       "the request body holds more than {} values; send fewer at a time",
                       kMaxValues);
  }
  if (ec == boost::json::error::too_deep) {
    return Error::make(ErrorCode::InvalidArgument,
                       "the request body is nested deeper than {} levels at byte {}",
                       kMaxDepth,
                       at);
  }
  return Error::make(
      ErrorCode::InvalidArgument,
      "the request body is not valid JSON: {} at byte {}; send one JSON object in UTF-8",
      ec.message(),
      at);
}

}  // namespace

Result<const Value*> read_json(std::string_view body, Arena& arena) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    Value* empty = arena.make<Value>();
    empty->kind = Value::Kind::Object;
    return empty;
  }
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<TreeBuilder> parser(options, body, arena);
  error_code ec;
  std::size_t used = parser.write_some(false, body.data(), body.size(), ec);
  if (!ec && used < body.size()) ec = boost::json::error::extra_data;
  if (ec) return syntax_error(ec, used, parser.handler().too_many());
  const Value* root = parser.handler().root();
  if (root == nullptr || root->kind != Value::Kind::Object) {
    return Error::make(
        ErrorCode::InvalidArgument,
        "the request body is {}; expected one JSON object with the action's parameters",
        root == nullptr ? "empty" : kind_name(root->kind));
  }
  return root;
}

}  // namespace tusker::api
