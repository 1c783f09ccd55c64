#include "api/arena.h"
#include "api/generated/handlers.h"
#include "model/model.h"

namespace tusker::api::handlers {

Result<Answer> describe_bundles(const DescribeBundlesRequest&, Call& call) {
  answer::DescribeBundlesResponse response;
  Arena arena;
  response.bundles = arena.each(call.services.model.bundles(), [&](const auto& entry) {
    const store::Bundle& bundle = entry.second;
    answer::BundleInfo info;
    info.digest = bundle.digest();
    info.kind = arena.copy(store::Bundle::Kind_Name(bundle.kind()));
    info.name = bundle.name();
    info.version = bundle.version();
    info.size = static_cast<std::int64_t>(bundle.size());
    info.add_time = arena.time(WallTime{bundle.added_wall_ms()});
    return info;
  });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
