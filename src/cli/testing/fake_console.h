#pragma once

#include <deque>
#include <string>

#include "cli/console.h"

namespace tusker::cli {

// A console whose texts can be read back and whose answers are given beforehand.
struct FakeConsole {
  explicit FakeConsole(Console::Traits traits = {})
      : console([this](std::string_view text) { out += text; },
                [this](std::string_view text) { err += text; },
                [this]() -> std::optional<std::string> {
                  if (answers.empty()) return std::nullopt;
                  std::string answer = answers.front();
                  answers.pop_front();
                  return answer;
                },
                traits) {}
  FakeConsole(const FakeConsole&) = delete;
  FakeConsole& operator=(const FakeConsole&) = delete;

  std::string out;
  std::string err;
  std::deque<std::string> answers;
  Console console;
};

}  // namespace tusker::cli
