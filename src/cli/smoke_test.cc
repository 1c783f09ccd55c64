#include "cli/smoke_test.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

void add_with_needed(const Definitions& definitions,
                     const std::string& name,
                     std::vector<std::string>& into) {
  if (std::ranges::find(into, name) != into.end()) return;
  const ComponentDefinition* const component = definitions.component(name);
  if (component == nullptr) return;  // the definitions were checked: it cannot be
  for (const std::string& needed : component->needs) add_with_needed(definitions, needed, into);
  into.push_back(name);
}

// Empty: it did what it should.
std::string fault_of(const SmokeStep& step, const CapturedRun& run) {
  if (!run.end.failure.empty()) return run.end.failure;
  if (run.end.exit_code != 0) return fmt::format("it ended with exit code {}", run.end.exit_code);
  if (step.expect.empty() || run.output.find(step.expect) != std::string::npos) return {};
  return fmt::format("its output has no \"{}\"", step.expect);
}

std::string command_line(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + shell_quoted(word);
  return line;
}

void show_failure(const SmokeStep& step,
                  const std::string& fault,
                  const std::string& output,
                  Console& console) {
  console.answer(fmt::format("FAILED  {}: {}\n        {}\n",
                             step.what,
                             printable(fault),
                             printable(command_line(step.argv))));
  PrintableStream shown;
  std::string text = shown.take(output);
  if (!text.empty() && text.back() != '\n') text += '\n';
  console.answer(text);
}

}  // namespace

Result<std::vector<std::string>> with_needed(const Definitions& definitions,
                                             const ReleaseDefinition& release,
                                             std::string_view component) {
  std::vector<std::string> names;
  for (const auto& [name, version] : release.components) names.push_back(name);
  if (std::ranges::find(names, component) == names.end()) {
    const std::optional<std::string> nearest = nearest_word(component, names);
    return Error::make(ErrorCode::NotFound,
                       "release {} has no component '{}'{}; it has {}",
                       release.name,
                       printable(component),
                       nearest ? fmt::format("; did you mean '{}'?", *nearest) : "",
                       fmt::join(names, ", "));
  }
  std::vector<std::string> all;
  add_with_needed(definitions, std::string(component), all);
  return all;
}

Status run_smoke_test(const std::vector<SmokeStep>& steps,
                      const RunStep& run,
                      const Clock& clock,
                      Console& console) {
  for (const SmokeStep& step : steps) {
    const Time began = clock.now();
    const Result<CapturedRun> ran = run(step.argv);
    if (!ran.ok() && ran.error().code() == ErrorCode::Cancelled) return ran.error();
    const std::string fault = ran.ok() ? fault_of(step, *ran) : ran.error().message();
    if (!fault.empty()) {
      show_failure(step, fault, ran.ok() ? ran->output : "", console);
      return Error::make(ErrorCode::Internal, "step \"{}\" failed", step.what);
    }
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - began);
    console.answer(
        fmt::format("ok      {} ({:.1f} s)\n", step.what, static_cast<double>(ms.count()) / 1000));
  }
  return ok_status();
}

}  // namespace tusker::cli
