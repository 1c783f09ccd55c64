#include "control/installation.h"

#include <algorithm>

#include "control/access_keys.h"
#include "model/network.h"
#include "store/database.h"

namespace tusker {
namespace {

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

  if (const store::AccessKey* stored = stored_root_key(model)) {
    startup.root_key.secret_id = stored->secret_id();
    TK_TRY(startup.root_key.secret_key, open_secret(*stored, sealer));
  } else {
    NewKey made = make_key("root", sealer, random, wall);
    made.row.set_account(kRootAccount);
    made.row.set_root(true);
    startup.root_key = {made.row.secret_id(), std::move(made.secret_key)};
    startup.change.put(std::move(made.row));
  }
  return startup;
}

}  // namespace tusker
