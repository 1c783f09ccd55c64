// Any bytes as the JSON body of any action: read, then decoded against the catalogue.

#include <cstdint>
#include <cstdlib>

#include "api/action.h"
#include "api/decoder.h"
#include "api/json_reader.h"
#include "api/utf8.h"

// The first byte picks the action, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tusker::api;
  if (size == 0) return 0;
  const auto actions = all_actions();
  const ActionInfo& action = actions[data[0] % actions.size()];
  Arena arena;
  const auto object = read_json({reinterpret_cast<const char*>(data) + 1, size - 1}, arena);
  if (!object.ok()) return 0;
  const tusker::Status status = decode(*action.request, **object, nullptr);
  // A message is shown to people and written to logs: bounded, and text.
  if (!status.ok() &&
      (status.error().message().size() > 4096 || !is_utf8(status.error().message())))
    std::abort();
  return 0;
}
