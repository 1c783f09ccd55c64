#pragma once

#include <string>

#include "base/ids.h"
#include "model/model.h"
#include "proto/link.pb.h"
#include "store/change.h"

namespace tusker {

// What a machine says of itself when it joins.
struct JoinRequest {
  std::string name;                // a label; empty: its host name
  std::string certificate_serial;  // of the certificate that it is about to get
  link::HostFacts facts;
};

// The row of a new host, with its /26 of the installation's range that overlaps neither another
// host's nor a route of its own. ResourceExhausted: no such part is left. Pure.
Result<store::Host> new_host(const Model& model,
                             HostId id,
                             const JoinRequest& request,
                             WallTime wall);

// The row with what the host reports now; the same bytes when nothing changed.
store::Host with_facts(store::Host row, const link::HostFacts& facts);

}  // namespace tusker
