#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tusker::api {

// How often each action was answered since the server started, by the code of its answer; "OK" is
// success, and "unknown" an action that nobody could tell. Bounded by the lists of both.
class CallCounts {
 public:
  using ByCode = std::map<std::string, std::uint64_t, std::less<>>;

  void count(std::string_view action, std::string_view code) {
    auto of_action = counts_.find(action);
    if (of_action == counts_.end()) of_action = counts_.emplace(action, ByCode()).first;
    auto of_code = of_action->second.find(code);
    if (of_code == of_action->second.end()) of_code = of_action->second.emplace(code, 0).first;
    ++of_code->second;
  }
  const std::map<std::string, ByCode, std::less<>>& by_action() const { return counts_; }

 private:
  std::map<std::string, ByCode, std::less<>> counts_;
};

}  // namespace tusker::api
