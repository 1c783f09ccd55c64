#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusker::cli {

// Rows of text under headings, columns wide enough for their longest cell and two spaces apart;
// cells are made printable.
class Table final {
 public:
  explicit Table(std::vector<std::string> headings);

  // As many cells as there are headings; an empty cell shows as "-", so that columns can be cut out
  // by position.
  void add_row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Lines without trailing spaces. The two texts wrap the heading line ("\033[1m" and "\033[0m", or
  // both empty).
  std::string render(std::string_view before_heading = "",
                     std::string_view after_heading = "") const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// "name      value" lines, names padded to one width; pairs with an empty value are left out.
std::string render_facts(const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace tusker::cli
