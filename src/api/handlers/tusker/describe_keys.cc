#include <algorithm>
#include <vector>

#include "api/arena.h"
#include "api/generated/handlers.h"
#include "model/model.h"

namespace tusker::api::handlers {
namespace {

answer::KeyInfo key_info(const store::AccessKey& key, Arena& arena) {
  answer::KeyInfo info;
  info.secret_id = key.secret_id();
  info.name = key.name();
  info.permission = key.root() ? "root" : key.read_only() ? "read-only" : "full";
  info.create_time = arena.time(WallTime{key.created_wall_ms()});
  info.made_by = key.made_by();
  info.last_used_time = arena.time(WallTime{key.last_used_wall_ms()});
  return info;
}

}  // namespace

Result<Answer> describe_keys(const DescribeKeysRequest&, Call& call) {
  std::vector<const store::AccessKey*> keys;
  for (const auto& [id, key] : call.services.model.access_keys()) {
    if (key.account() == call.caller.account) keys.push_back(&key);
  }
  std::ranges::stable_sort(keys, {}, &store::AccessKey::created_wall_ms);
  Arena arena;
  answer::DescribeKeysResponse response;
  response.keys =
      arena.each(keys, [&](const store::AccessKey* key) { return key_info(*key, arena); });
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace tusker::api::handlers
