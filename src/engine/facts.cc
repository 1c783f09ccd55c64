#include "engine/facts.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tusker {
namespace {

namespace json = boost::json;

Result<json::value> parse(std::string_view body) {
  boost::system::error_code failure;
  json::value value = json::parse(body, failure);
  if (failure) {
    return Error::make(
        ErrorCode::Corrupt, "expected JSON, found '{:.40}': {}", body, failure.message());
  }
  return value;
}

void put(Facts& facts, const std::string& name, const json::value& value) {
  std::string text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  if (text.size() <= kMaxFactBytes) facts[name] = std::move(text);
}

// What a pointer finds in a text of JSON, by the name of the pointer's last part.
void put_inner(Facts& facts, std::string_view pointer, std::string_view text) {
  const Result<json::value> inner = parse(text);
  boost::system::error_code failure;
  const json::value* const found = inner.ok() ? inner->find_pointer(pointer, failure) : nullptr;
  if (found != nullptr) put(facts, std::string(pointer.substr(pointer.rfind('/') + 1)), *found);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~:=,*").find(c) != std::string_view::npos;
}

}  // namespace

std::string jmx_path(std::string_view bean, const std::vector<std::string>& attributes) {
  const bool single = attributes.size() == 1;
  std::string path = single ? "/jmx?get=" : "/jmx?qry=";
  for (const char c : bean) {
    if (is_unreserved(c)) {
      path += c;
    } else {
      path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (single) path += "::" + attributes.front().substr(0, attributes.front().find('/'));
  return path;
}

Result<Facts> facts_of_jmx(std::string_view body, const std::vector<std::string>& attributes) {
  TK_TRY(const json::value document, parse(body));
  const json::object* top = document.if_object();
  const json::value* beans = top == nullptr ? nullptr : top->if_contains("beans");
  const json::array* list = beans == nullptr ? nullptr : beans->if_array();
  if (list == nullptr)
    return Error(ErrorCode::Corrupt, "expected an answer with \"beans\", found other JSON");
  if (list->empty()) return Error(ErrorCode::NotFound, "the bean is not registered yet");
  const json::object* bean = list->front().if_object();
  if (bean == nullptr) return Error(ErrorCode::Corrupt, "expected a bean, found other JSON");
  Facts facts;
  for (const std::string& attribute : attributes) {
    const std::size_t slash = std::min(attribute.find('/'), attribute.size());
    const json::value* const value = bean->if_contains(attribute.substr(0, slash));
    if (value == nullptr) continue;
    if (slash == attribute.size()) {
      put(facts, attribute, *value);
    } else if (value->is_string()) {
      put_inner(facts, attribute.substr(slash), value->get_string());
    }
  }
  return facts;
}

Result<Facts> facts_of_json(std::string_view body,
                            const std::map<std::string, std::string>& pointers) {
  TK_TRY(const json::value document, parse(body));
  Facts facts;
  for (const auto& [name, pointer] : pointers) {
    if (!pointer.empty() && pointer.front() != '/') {
      return Error::make(ErrorCode::InvalidArgument,
                         "fact {}: expected a JSON pointer /…, found '{}'",
                         name,
                         pointer);
    }
    boost::system::error_code failure;
    const json::value* value = document.find_pointer(pointer, failure);
    if (value != nullptr) put(facts, name, *value);
  }
  return facts;
}

}  // namespace tusker
