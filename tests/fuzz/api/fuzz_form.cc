// Any bytes as the query or form of any action, up to the decoder.

#include <cstdint>
#include <cstdlib>

#include "api/action.h"
#include "api/decoder.h"
#include "api/form_reader.h"
#include "api/utf8.h"

// The first byte picks the action, the rest is the encoded form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tusker::api;
  if (size == 0) return 0;
  const auto actions = all_actions();
  const ActionInfo& action = actions[data[0] % actions.size()];
  Arena arena;
  const auto parameters =
      read_parameters({reinterpret_cast<const char*>(data) + 1, size - 1}, arena);
  if (!parameters.ok()) return 0;
  for (const Parameter& parameter : *parameters) {
    if (!is_utf8(parameter.name) || !is_utf8(parameter.value)) std::abort();
  }
  const auto object = build_object(*parameters, arena);
  if (!object.ok()) return 0;
  const tusker::Status status = decode(*action.request, **object, nullptr);
  if (!status.ok() && status.error().message().size() > 4096) std::abort();
  return 0;
}
