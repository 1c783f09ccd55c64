#include "cli/table.h"

#include <algorithm>

#include "base/check.h"
#include "cli/console.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line += i + 1 == cells.size() ? cells[i] : padded(cells[i], widths[i]);
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

void Table::add_row(std::vector<std::string> cells) {
  TK_CHECK(
      cells.size() == headings_.size(), "{} cells for {} columns", cells.size(), headings_.size());
  for (std::string& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  rows_.push_back(std::move(cells));
}

Table::Lines Table::lines() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    std::size_t width = display_width(headings_[i]);
    for (const auto& row : rows_) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  Lines out{line_of(headings_, widths), ""};
  for (const auto& row : rows_) out.rows += line_of(row, widths) + "\n";
  return out;
}

std::string Table::render() const {
  const Lines all = lines();
  return all.heading + "\n" + all.rows;
}

std::string Table::render_for(const Console& console) const {
  const Lines all = lines();
  return console.bold(all.heading) + "\n" + all.rows;
}

std::string render_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::size_t width = 0;
  for (const auto& [name, value] : facts) {
    if (!value.empty()) width = std::max(width, display_width(name));
  }
  std::string out;
  for (const auto& [name, value] : facts) {
    if (!value.empty()) out += padded(name, width) + "  " + printable(value) + "\n";
  }
  return out;
}

}  // namespace tusker::cli
