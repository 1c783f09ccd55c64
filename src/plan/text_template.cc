#include "plan/text_template.h"

namespace tusker {

Result<std::string> expand_template(std::string_view text, const NameLookup& names) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('{', at);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      return Error::make(ErrorCode::InvalidArgument,
                         "text \"{}\": the brace at column {} is never closed",
                         text,
                         open + 1);
    }
    out += text.substr(at, open - at);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    if (open > 0 && text[open - 1] == '$') {
      out += text.substr(open, close - open + 1);
    } else if (const auto value = names(name)) {
      out += *value;
    } else {
      return Error::make(ErrorCode::InvalidArgument, "text \"{}\": no name \"{}\"", text, name);
    }
    at = close + 1;
  }
  out += text.substr(at);
  return out;
}

Result<std::vector<std::string>> names_of_template(std::string_view text) {
  std::vector<std::string> found;
  TK_TRY_VOID(expand_template(text, [&](std::string_view name) -> std::optional<std::string> {
    found.emplace_back(name);
    return "";
  }));
  return found;
}

}  // namespace tusker
