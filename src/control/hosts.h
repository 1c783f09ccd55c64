#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "control/flow.h"
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

// The host's row with these nodes listed as to be removed. NotFound: no such host, or one that
// neither is listed already nor reported as an orphan by it. Unavailable: what it reports is not
// known now. Pure.
Result<store::Host> with_orphans_removed(const Model& model,
                                         const HostId& id,
                                         const std::vector<std::string>& node_ids);

// Everything that is recorded of the host and its nodes goes, and what is left of the clusters that
// run is rendered without them. Flows that waited for them see that they are gone. Pure.
Change forget(const Model& model,
              const store::Host& host,
              const ClusterRules& rules,
              WallTime wall);

Error no_host(const HostId& id);

// The row with what the host reports now; the same bytes when nothing changed.
store::Host with_facts(store::Host row, const link::HostFacts& facts);

}  // namespace tusker
