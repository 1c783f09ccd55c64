#include "plan/cluster_files.h"

#include <set>

#include "base/encoding.h"
#include "plan/bundles.h"
#include "plan/node_files.h"
#include "plan/scripts.h"

namespace tusker {
namespace {

void add_files(std::vector<RenderedFile> rendered,
               std::vector<store::File>& rows,
               std::set<std::string>& known,
               std::vector<store::FileContent>& contents) {
  for (RenderedFile& file : rendered) {
    store::File& row = rows.emplace_back();
    row.set_path(file.path);
    row.set_mode(file.mode);
    row.set_digest("sha256:" + sha256_hex(file.content));
    if (!known.insert(row.digest()).second) continue;
    store::FileContent& content = contents.emplace_back();
    content.set_digest(row.digest());
    content.set_content(std::move(file.content));
  }
}

}  // namespace

Result<ClusterFiles> render_cluster(const Definitions& definitions,
                                    const store::Cluster& cluster,
                                    const std::vector<store::Node>& nodes,
                                    const std::vector<store::Host>& hosts,
                                    const std::vector<store::Bundle>& bundles) {
  TK_TRY(const GivenSettings given, given_settings(definitions, cluster));
  std::map<std::string, std::string> racks;
  for (const store::Host& host : hosts) racks[host.id()] = topology_path(host);
  ClusterFiles files;
  std::set<std::string> known;
  for (const store::Node& node : nodes) {
    if (node.removing()) continue;
    TK_TRY(const std::vector<JavaBundle> java, java_bundles_of(node, bundles));
    const RenderInput input{definitions, cluster, nodes, given, java, racks};
    TK_TRY(std::vector<RenderedFile> rendered,
           render_node(input, node).context("render {}", node.name()));
    std::vector<store::File>& rows = files.of_node[node.id()];
    add_files(std::move(rendered), rows, known, files.contents);
    for (store::File& script : script_files(node)) rows.push_back(std::move(script));
  }
  return files;
}

}  // namespace tusker
