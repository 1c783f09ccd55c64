#include "plan/namenode_image.h"

#include <fmt/format.h>

#include "plan/text_template.h"
#include "plan/ustar.h"
#include "share/embedded.h"

namespace tusker {
namespace {

constexpr std::string_view kTemplate = "components/hadoop/namenode/";

// "{{cluster_id}}" in VERSION -> the value of hdfs.cluster_id. Every placeholder must be there: a
// template without one would give all clusters the same identity.
Result<std::string> fill_version(std::string text,
                                 const std::map<std::string, std::string>& identities) {
  for (const char* name : {"cluster_id", "block_pool_id", "namespace_id"}) {
    const std::string placeholder = fmt::format("{{{{{}}}}}", name);
    const std::size_t at = text.find(placeholder);
    const auto value = identities.find(fmt::format("hdfs.{}", name));
    if (at == std::string::npos || value == identities.end()) {
      return Error::make(ErrorCode::Internal,
                         "{}VERSION has no {}, or the cluster no hdfs.{}",
                         kTemplate,
                         placeholder,
                         name);
    }
    text.replace(at, placeholder.size(), value->second);
  }
  return text;
}

}  // namespace

std::map<std::string, std::string> make_hdfs_identities(const std::string& namenode_address,
                                                        Random& random,
                                                        WallTime now) {
  const std::uint64_t namespace_id = 1 + random.below(0x7ffffffe);  // a positive Java int
  return {{"hdfs.cluster_id", fmt::format("CID-{}", random.uuid())},
          {"hdfs.block_pool_id",
           fmt::format("BP-{}-{}-{}", 1 + random.below(0x7ffffffe), namenode_address, now.ms)},
          {"hdfs.namespace_id", std::to_string(namespace_id)}};
}

Result<std::string> make_namenode_image(const std::map<std::string, std::string>& identities) {
  std::vector<ArchiveEntry> entries = {{"current/", 0700, ""}};
  for (const std::string_view path : list_embedded(kTemplate)) {
    const std::string name(path.substr(kTemplate.size()));
    std::string content(embedded_file(path).value_or(""));
    if (name == "VERSION") {
      TK_TRY(content, fill_version(std::move(content), identities));
    }
    entries.push_back({"current/" + name, 0600, std::move(content)});
  }
  if (entries.size() < 5) {
    return Error::make(ErrorCode::Internal,
                       "{} has {} files; wanted VERSION, seen_txid, an fsimage and its md5",
                       kTemplate,
                       entries.size() - 1);
  }
  return write_ustar(entries, {"hadoop", 61101});  // the node image's number for HDFS's user
}

}  // namespace tusker
