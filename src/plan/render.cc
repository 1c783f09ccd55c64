#include "plan/render.h"

#include <fmt/format.h>

#include <cstdint>

namespace tusker {
namespace {

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\r':
        out += "&#13;";
        break;  // a parser would turn it into a line feed
      default:
        out += c;
    }
  }
  return out;
}

// The next code point of valid UTF-8; a byte that begins none stands for itself.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at++);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || at + static_cast<std::size_t>(more) > text.size()) return first;
  std::uint32_t code = first & (0x3fU >> more);
  for (int i = 0; i < more; ++i) code = (code << 6) | (byte(at++) & 0x3fU);
  return code;
}

void append_unicode(std::string& out, std::uint32_t code) {
  if (code < 0x10000) {
    out += fmt::format("\\u{:04x}", code);
  } else {
    code -= 0x10000;
    out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
  }
}

// `special`: bytes that end or begin something in this place.
std::string properties_text(std::string_view text, std::string_view special) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool leading = at == 0;
    const std::uint32_t code = next_code_point(text, at);
    if (code == '\n') {
      out += "\\n";
    } else if (code == '\r') {
      out += "\\r";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code == '\\' || (leading && (code == ' ' || code == '#' || code == '!')) ||
               (code < 0x80 && special.find(static_cast<char>(code)) != std::string_view::npos)) {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code < 0x20 || code > 0x7e) {
      append_unicode(out, code);
    } else {
      out += static_cast<char>(code);
    }
  }
  return out;
}

std::string argument_text(std::string_view argument) {
  if (!argument.empty() && argument.find_first_of(" \t\n\r\f\"'\\#") == std::string_view::npos)
    return std::string(argument);
  std::string out = "\"";
  for (const char c : argument) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\f':
        out += "\\f";
        break;
      case '"':
      case '\\':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string render_xml(const std::map<std::string, std::string>& values) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n";
  for (const auto& [key, value] : values) {
    out += fmt::format("  <property><name>{}</name><value>{}</value></property>\n",
                       xml_text(key),
                       xml_text(value));
  }
  return out + "</configuration>\n";
}

std::string render_properties(const std::map<std::string, std::string>& values) {
  std::string out;
  for (const auto& [key, value] : values)
    out += fmt::format("{}={}\n", properties_text(key, " =:"), properties_text(value, ""));
  return out;
}

std::string render_arguments(const std::vector<std::string>& arguments) {
  std::string out;
  for (const std::string& argument : arguments) out += argument_text(argument) + "\n";
  return out;
}

}  // namespace tusker
