#include "plan/replicas.h"

#include <cstdlib>

#include "plan/configuration.h"

namespace tusker {

Result<std::uint32_t> replicas_of(const Definitions& definitions,
                                  const store::Cluster& cluster,
                                  const std::vector<store::Node>& nodes) {
  TK_TRY(const GivenSettings given, given_settings(definitions, cluster));
  TK_TRY(const Configuration configuration,
         configure_node(definitions, cluster, nodes, nodes.front(), given));
  const auto file = configuration.files.find("hdfs-site.xml");
  if (file == configuration.files.end()) return 0U;
  const auto value = file->second.find("dfs.replication");
  if (value == file->second.end()) return 0U;
  return static_cast<std::uint32_t>(std::strtoul(value->second.text.c_str(), nullptr, 10));
}

}  // namespace tusker
