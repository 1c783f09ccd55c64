#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusker::cli {

class Console;

// Rows of text under headings, columns wide enough for their longest cell and two spaces apart;
// cells are made printable.
class Table final {
 public:
  explicit Table(std::vector<std::string> headings);

  // As many cells as there are headings; an empty cell shows as "-", so that columns can be cut out
  // by position.
  void add_row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Lines without trailing spaces.
  std::string render() const;
  // For standard output: with a heading in bold where the terminal can.
  std::string render_for(const Console& console) const;

 private:
  struct Lines {
    std::string heading;
    std::string rows;
  };
  Lines lines() const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// "name      value" lines, names padded to one width; pairs with an empty value are left out.
std::string render_facts(const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace tusker::cli
