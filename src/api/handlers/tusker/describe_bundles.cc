#include "api/generated/handlers.h"
#include "api/text_keeper.h"
#include "model/model.h"

namespace tusker::api::handlers {

Result<Answer> describe_bundles(const DescribeBundlesRequest&, Call& call) {
  answer::DescribeBundlesResponse response;
  TextKeeper texts;
  for (const auto& [digest, bundle] : call.services.model.bundles()) {
    answer::BundleInfo& info = response.bundles.emplace_back();
    info.digest = bundle.digest();
    info.kind = texts.keep(store::Bundle::Kind_Name(bundle.kind()));
    info.name = bundle.name();
    info.version = bundle.version();
    info.size = static_cast<std::int64_t>(bundle.size());
    info.add_time = texts.keep(to_text(WallTime{bundle.added_wall_ms()}));
  }
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
