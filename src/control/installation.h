#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/sealed.h"
#include "model/model.h"
#include "store/change.h"

namespace tusker {

// What all hosts' /26 are cut from unless the operator says otherwise: 1024 hosts.
inline constexpr std::string_view kDefaultAddressRange = "10.231.0.0/16";

// The root account's number: Uin and AppId of its answers.
constexpr std::uint64_t kRootAccount = 100000000001;

struct InstallationOptions {
  std::string address_range;  // empty: the stored one, at the first start kDefaultAddressRange;
                              // else must equal the stored one
};

struct RootKey {
  std::string secret_id;
  std::string secret_key;  // plain: for the 0600 file, and for nothing else
};

// What a start of the server writes before anything else, and the root key for its file.
struct Startup {
  Change change;
  RootKey root_key;
  bool first = false;  // nothing was stored before
};

// The first start makes the installation (UUID, range) and the root key; every start grows the
// epoch. The epoch is at least the wall clock's seconds, so it also grows over a restored backup.
// The root key is given again at every start: a crash between its commit and the writing of its
// file loses nothing. Pure but for `random`.
Result<Startup> start_installation(const Model& model,
                                   const InstallationOptions& options,
                                   const Sealer& sealer,
                                   Random& random,
                                   WallTime wall);

}  // namespace tusker
