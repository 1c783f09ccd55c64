#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tusker::cli {

// The candidate that was probably meant: at most a third of the letters differ (a swap of
// neighbours counts once).
std::optional<std::string> nearest_word(std::string_view word,
                                        std::span<const std::string> candidates);

// Text from the other side, safe to print: control characters (so escape sequences) become '?', a
// tab becomes a space, bytes that are not UTF-8 become '?'. Line ends are control characters.
std::string printable(std::string_view text);

// A text that comes in pieces, made safe to print like printable() does, but for line ends and
// tabs, which stay. A character that is cut at a piece's end comes with the next one.
class PrintableStream final {
 public:
  std::string take(std::string_view piece);

 private:
  std::string cut_;
};

// Columns that a text takes on a terminal: East Asian wide characters take two, combining ones
// none.
std::size_t display_width(std::string_view utf8);

// The text cut to at most this many columns, with "…" when something was cut.
std::string fit(std::string_view utf8, std::size_t columns);

// ASCII letters as capitals.
std::string upper_case(std::string_view text);

// "1.5 GB", "12 MB", "900 KB", "17 B": powers of 1024 with the letters that people use for them.
std::string bytes_text(std::uint64_t bytes);

}  // namespace tusker::cli
