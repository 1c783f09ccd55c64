// Any bytes as an Authorization header: what parses has the form that the verifier relies on.

#include <cstdint>
#include <cstdlib>

#include "api/authorization.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = tusker::api::parse_authorization({reinterpret_cast<const char*>(data), size});
  if (!parsed.ok()) return 0;
  if (parsed->secret_id.empty() || parsed->service.empty() || parsed->signature.size() != 64)
    std::abort();
  if (parsed->header_names.size() < 2 || parsed->header_names.size() > 32) std::abort();
  return 0;
}
