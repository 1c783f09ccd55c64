#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace tusker {

// The name space that an HDFS cluster is born with, so that no JVM has to format one on the
// critical path. Its template is components/hadoop/namenode: files of a NameNode's
// `current` folder with placeholders in VERSION.

// Identities of one cluster's HDFS, for store::Cluster.settings: hdfs.cluster_id,
// hdfs.block_pool_id, hdfs.namespace_id. Each cluster has its own, so that a DataNode of one is
// refused by the NameNode of another.
std::map<std::string, std::string> make_hdfs_identities(const std::string& namenode_address,
                                                        Random& random,
                                                        WallTime now);

// A ustar archive of the folder `current` for these identities. Internal: the template is not what
// it should be.
Result<std::string> make_namenode_image(const std::map<std::string, std::string>& identities);

}  // namespace tusker
