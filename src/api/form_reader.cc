#include "api/form_reader.h"

#include <algorithm>
#include <map>
#include <memory_resource>
#include <string>
#include <vector>

#include "api/json_reader.h"
#include "api/utf8.h"
#include "base/encoding.h"

namespace tusker::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string_view> decode_percent(std::string_view text, Arena& arena) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    if (!is_utf8(text)) return Error(ErrorCode::InvalidArgument, "a parameter is not UTF-8 text");
    return text;
  }
  char* const out = arena.bytes(text.size());
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out[length++] = text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      return Error::make(ErrorCode::InvalidArgument,
                         "a parameter has '%' at byte {} without two hex digits after it",
                         i);
    }
    out[length++] = static_cast<char>(high << 4 | low);
    i += 2;
  }
  const std::string_view decoded(out, length);
  if (!is_utf8(decoded)) return Error(ErrorCode::InvalidArgument, "a parameter is not UTF-8 text");
  return decoded;
}

bool is_index(std::string_view part) {
  return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

// One part of the flattened names: Tags, its 0, that one's TagKey. Index parts are kept apart so
// that they sort as numbers.
struct Branch {
  using allocator_type = std::pmr::polymorphic_allocator<>;
  explicit Branch(allocator_type memory) : members(memory), items(memory) {}

  std::pmr::map<std::string_view, Branch> members;
  std::pmr::map<std::uint32_t, Branch> items;
  std::string_view text;
  bool is_leaf = false;

  bool is_inner() const { return !members.empty() || !items.empty(); }
};

Error bad_name(std::string_view name, std::string_view why) {
  return Error::make(ErrorCode::InvalidArgument, "parameter {}: {}", cut_text(name, 200), why);
}

Result<Branch*> descend(Branch& at, std::string_view part, std::string_view name) {
  if (part.empty()) return bad_name(name, "the name has an empty part; write Name.0.Field");
  if (!is_index(part)) return &at.members[part];
  if (part.size() > 6) return bad_name(name, "an index has more than 6 digits");
  std::uint32_t index = 0;
  for (const char digit : part) index = index * 10 + static_cast<std::uint32_t>(digit - '0');
  return &at.items[index];
}

Status insert(Branch& root, const Parameter& parameter) {
  Branch* at = &root;
  std::string_view rest = parameter.name;
  for (std::size_t depth = 0;; ++depth) {
    if (depth >= kMaxDepth) return bad_name(parameter.name, "nested too deeply");
    const std::size_t dot = rest.find('.');
    TK_TRY(at, descend(*at, rest.substr(0, dot), parameter.name));
    if (at->is_leaf)
      return bad_name(parameter.name, "given twice, or both as a value and as an object");
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (at->is_inner()) return bad_name(parameter.name, "given both as a value and as an object");
  at->is_leaf = true;
  at->text = parameter.value;
  return ok_status();
}

Value* build(const Branch& branch, Arena& arena);

class Children {
 public:
  explicit Children(Value* parent) : parent_(parent) {}
  void add(Value* child) {
    (last_ == nullptr ? parent_->first : last_->next) = child;
    last_ = child;
    ++parent_->size;
  }

 private:
  Value* parent_;
  Value* last_ = nullptr;
};

Value* build(const Branch& branch, Arena& arena) {
  Value* value = arena.make<Value>();
  if (branch.is_leaf) {
    value->kind = Value::Kind::Text;
    value->text = branch.text;
    return value;
  }
  // A branch with both kinds of parts is kept as an object: the decoder then says which name is
  // unknown.
  const bool list = branch.members.empty() && !branch.items.empty();
  value->kind = list ? Value::Kind::Array : Value::Kind::Object;
  Children children(value);
  for (const auto& [name, member] : branch.members) {
    Value* child = build(member, arena);
    child->name = name;
    children.add(child);
  }
  for (const auto& [index, item] : branch.items) {
    Value* child = build(item, arena);
    if (!list) child->name = arena.copy(std::to_string(index));
    children.add(child);
  }
  return value;
}

}  // namespace

Result<std::vector<Parameter>> read_parameters(std::string_view encoded, Arena& arena) {
  std::vector<Parameter> parameters;
  const auto likely = static_cast<std::size_t>(std::ranges::count(encoded, '&')) + 1;
  parameters.reserve(std::min(likely, kMaxParameters));
  while (!encoded.empty()) {
    const std::size_t end = encoded.find('&');
    const std::string_view pair = encoded.substr(0, end);
    encoded.remove_prefix(end == std::string_view::npos ? encoded.size() : end + 1);
    if (pair.empty()) continue;
    if (parameters.size() >= kMaxParameters) {
      return Error::make(ErrorCode::InvalidArgument, "more than {} parameters", kMaxParameters);
    }
    const std::size_t equals = pair.find('=');
    Parameter parameter;
    TK_TRY(parameter.name, decode_percent(pair.substr(0, equals), arena));
    if (equals != std::string_view::npos) {
      TK_TRY(parameter.value, decode_percent(pair.substr(equals + 1), arena));
    }
    parameters.push_back(parameter);
  }
  return parameters;
}

Result<const Value*> build_object(const std::vector<Parameter>& parameters, Arena& arena) {
  Branch root(arena.resource());
  for (const Parameter& parameter : parameters) TK_TRY_VOID(insert(root, parameter));
  Value* object = build(root, arena);
  object->kind = Value::Kind::Object;
  return object;
}

}  // namespace tusker::api
