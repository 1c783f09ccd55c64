#include "cli/host_check.h"

#include "agent/doctor.h"
#include "cli/exit_codes.h"

namespace tusker::cli {

Status require_prerequisites(const std::string& data, ProcessRunner& processes) {
  std::string lacking;
  for (const Finding& finding : examine_host(data, processes)) {
    if (!finding.ok)
      lacking += fmt::format("\n  {}: {}. {}", finding.name, finding.found, finding.remedy);
  }
  if (lacking.empty()) return ok_status();
  return Error::make(ErrorCode::FailedPrecondition,
                     "this machine cannot run nodes yet:{}\nAll checks: tusker doctor",
                     lacking);
}

int print_prerequisites(Console& console, const std::string& data, ProcessRunner& processes) {
  const bool color = console.traits().color && console.traits().out_is_terminal;
  const std::string good = color ? "\033[32mok\033[0m  " : "ok  ";
  const std::string bad = color ? "\033[31mFAIL\033[0m" : "FAIL";
  std::size_t wrong = 0;
  for (const Finding& finding : examine_host(data, processes)) {
    console.answer(
        fmt::format("{}  {}: {}\n", finding.ok ? good : bad, finding.name, finding.found));
    if (finding.ok) continue;
    ++wrong;
    console.answer(fmt::format("      {}\n", finding.remedy));
  }
  if (wrong == 0) {
    console.answer("This machine can run nodes.\n");
    return kDone;
  }
  console.answer(fmt::format("{} of these must be mended first.\n", wrong));
  return kFailed;
}

}  // namespace tusker::cli
