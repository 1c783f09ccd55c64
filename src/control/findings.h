#pragma once

#include <string>
#include <utility>
#include <vector>

#include "control/flow.h"

namespace tusker {

// What is not as it should be yet; the first of the worst kind becomes the reason if the deadline
// comes.
class Findings {
 public:
  enum Rank { Patience = 1, Silence = 2, Trouble = 3 };

  void add(Rank rank, std::string line, store::Failure suspect) {
    if (rank > rank_) {
      if (suspect.message().empty()) suspect.set_message(line);
      suspect_ = std::move(suspect);
      rank_ = rank;
    }
    lines_.push_back(std::move(line));
  }
  Outcome outcome() && {
    return lines_.empty() ? Outcome::done()
                          : Outcome::waiting(std::move(lines_), std::move(suspect_));
  }

 private:
  std::vector<std::string> lines_;
  store::Failure suspect_;
  int rank_ = 0;
};

}  // namespace tusker
