#include "engine/open_files.h"

#include <fmt/format.h>

#include "engine/hadoop_rpc.h"
#include "proto/hdfs.pb.h"

namespace tusker {
namespace {

constexpr int kBlockingDecommission = 2;
constexpr int kMostNamed = 5;
constexpr std::size_t kLongestPath = 200;  // bytes

std::string shortened(const std::string& path) {
  if (path.size() <= kLongestPath) return path;
  return "…" + path.substr(path.size() - kLongestPath);
}

}  // namespace

std::string open_files_request() {
  hdfs::ListOpenFilesRequest request;
  request.set_after_inode(0);
  request.add_types(kBlockingDecommission);
  request.set_under("/");
  return request.SerializeAsString();
}

Result<Facts> facts_of_open_files(std::string_view answer) {
  hdfs::ListOpenFilesResponse response;
  if (!response.ParseFromArray(answer.data(), static_cast<int>(answer.size())))
    return Error(ErrorCode::Corrupt, "listOpenFiles: the answer is no ListOpenFilesResponseProto");
  std::string named;
  for (int i = 0; i < std::min(response.files_size(), kMostNamed); ++i) {
    const hdfs::OpenFile& file = response.files(i);
    named += fmt::format(
        "{}{} (from {})", named.empty() ? "" : ", ", shortened(file.path()), file.machine());
  }
  if (response.files_size() > kMostNamed || response.has_more()) named += " and more";
  return Facts{{"OpenFiles", std::move(named)}};
}

void ask_open_files(Exchanger& exchanger,
                    const std::string& address,
                    std::uint16_t port,
                    const std::string& user,
                    Duration deadline,
                    std::function<void(Result<Facts>)> done) {
  call_hadoop(
      exchanger,
      address,
      port,
      {"org.apache.hadoop.hdfs.protocol.ClientProtocol",
       1,
       "listOpenFiles",
       open_files_request(),
       user},
      HadoopClientId{},
      deadline,
      [done = std::move(done)](Result<std::string> answer) {
        done(answer.ok() ? facts_of_open_files(*answer) : Result<Facts>(std::move(answer).error()));
      });
}

}  // namespace tusker
