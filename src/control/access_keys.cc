#include "control/access_keys.h"

namespace tusker {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::int64_t kUseGrainMs = std::chrono::milliseconds(std::chrono::hours(1)).count();

std::string context_of(const store::AccessKey& key) {
  return "key:" + key.secret_id();
}

}  // namespace

NewKey make_key(std::string_view name, const Sealer& sealer, Random& random, WallTime wall) {
  NewKey made;
  made.secret_key = random.text(32, kAlphabet);
  made.row.set_secret_id("AKID" + random.text(32, kAlphabet));
  made.row.set_sealed_secret_key(
      sealer.seal(made.secret_key, context_of(made.row), random).bytes());
  made.row.set_name(std::string(name));
  made.row.set_created_wall_ms(wall.ms);
  return made;
}

Result<std::string> open_secret(const store::AccessKey& key, const Sealer& sealer) {
  return sealer.open(Sealed::from_bytes(key.sealed_secret_key()), context_of(key))
      .context("key {}: the folder's seal.key is not the one that sealed it", key.secret_id());
}

std::optional<store::AccessKey> used_at(const store::AccessKey& key, WallTime wall) {
  if (wall.ms - key.last_used_wall_ms() < kUseGrainMs) return std::nullopt;
  store::AccessKey row = key;
  row.set_last_used_wall_ms(wall.ms);
  return row;
}

}  // namespace tusker
