#include "control/installation.h"

#include <algorithm>

#include "model/network.h"
#include "store/database.h"

namespace tusker {
namespace {

constexpr std::string_view kKeyAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string key_context(const std::string& secret_id) {
  return "key:" + secret_id;
}

// SecretId and SecretKey have the public API's form: "AKID" and 32 characters, and 32 characters.
store::AccessKey make_root_key(const Sealer& sealer, Random& random, WallTime wall) {
  store::AccessKey key;
  key.set_secret_id("AKID" + random.text(32, kKeyAlphabet));
  key.set_sealed_secret_key(
      sealer.seal(random.text(32, kKeyAlphabet), key_context(key.secret_id()), random).bytes());
  key.set_account(kRootAccount);
  key.set_root(true);
  key.set_created_wall_ms(wall.ms);
  key.set_remark("root key, made at the first start");
  return key;
}

const store::AccessKey* stored_root_key(const Model& model) {
  for (const auto& [id, key] : model.access_keys()) {
    if (key.root()) return &key;
  }
  return nullptr;
}

Result<store::Installation> new_installation(const InstallationOptions& options,
                                             Random& random,
                                             WallTime wall) {
  const std::string range =
      options.address_range.empty() ? std::string(kDefaultAddressRange) : options.address_range;
  TK_TRY(const Cidr network, parse_cidr(range).context("address range"));
  if (network.prefix > kHostPrefix) {
    return Error::make(ErrorCode::InvalidArgument,
                       "the address range {} holds no /{} for a host; give a larger one such as {}",
                       range,
                       kHostPrefix,
                       kDefaultAddressRange);
  }
  store::Installation row;
  row.set_id(random.uuid());
  row.set_address_range(range);
  row.set_created_wall_ms(wall.ms);
  return row;
}

}  // namespace

Result<Startup> start_installation(const Model& model,
                                   const InstallationOptions& options,
                                   const Sealer& sealer,
                                   Random& random,
                                   WallTime wall) {
  Startup startup;
  store::Installation row = model.installation();
  startup.first = row.id().empty();
  if (startup.first) {
    TK_TRY(row, new_installation(options, random, wall));
  } else if (!options.address_range.empty() && options.address_range != row.address_range()) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "the address range of this installation is {} and cannot be changed to {}: "
                       "hosts and nodes have addresses of "
                       "it. Start without --address-range, or with another data folder",
                       row.address_range(),
                       options.address_range);
  }
  row.set_format(kStoreFormat);
  // A restored backup knows an older epoch than agents do; the clock's seconds are ahead of both.
  row.set_epoch(std::max<std::uint64_t>(
      row.epoch() + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(wall.ms, 0) / 1000)));
  startup.change.put(std::move(row));

  store::AccessKey root;
  if (const store::AccessKey* stored = stored_root_key(model)) {
    root = *stored;
  } else {
    root = make_root_key(sealer, random, wall);
    startup.change.put(root);
  }
  startup.root_key.secret_id = root.secret_id();
  TK_TRY(startup.root_key.secret_key,
         sealer.open(Sealed::from_bytes(root.sealed_secret_key()), key_context(root.secret_id()))
             .context("root key {}: the folder's seal.key is not the one that sealed it",
                      root.secret_id()));
  return startup;
}

}  // namespace tusker
