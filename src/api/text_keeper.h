#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace tusker::api {

// Owns the texts that an answer makes up, until it is encoded: answers borrow everything.
class TextKeeper {
 public:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  std::deque<std::string> texts_;  // a deque never moves what it holds
};

}  // namespace tusker::api
