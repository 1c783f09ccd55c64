#include "plan/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace tusker {
namespace {

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Levenshtein's distance, letter case ignored.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t replace = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      row[j] = std::min({replace, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  // Names come from strangers too: the work is bounded by looking at reasonable lengths only.
  if (name.empty() || name.size() > 128) return "";
  std::string best;
  std::size_t fewest = name.size() / 3 + 1;
  for (const std::string& candidate : candidates) {
    if (const std::size_t found = edits(name, candidate);
        found < fewest || (found == fewest && best.empty())) {
      fewest = found;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string guess = nearest(name, candidates);
  return guess.empty() ? "" : fmt::format("; did you mean \"{}\"?", guess);
}

}  // namespace tusker
