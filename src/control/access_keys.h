#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/sealed.h"
#include "proto/store.pb.h"

namespace tusker {

// A key of the API with its secret, which is plain here and nowhere else: for whoever asked for
// the key, once.
struct NewKey {
  store::AccessKey row;
  std::string secret_key;
};

// SecretId and SecretKey have the public API's form: "AKID" and 32 characters, and 32 characters.
// The row's other members are the caller's to set. Pure but for `random`.
NewKey make_key(std::string_view name, const Sealer& sealer, Random& random, WallTime wall);

// The secret of a stored key. Corrupt: our seal.key is not the one that sealed it, or the row is
// another key's.
Result<std::string> open_secret(const store::AccessKey& key, const Sealer& sealer);

// The row with its use noted, to the hour: nothing if it says so already. A clock that went back
// changes nothing.
std::optional<store::AccessKey> used_at(const store::AccessKey& key, WallTime wall);

}  // namespace tusker
