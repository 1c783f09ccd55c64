#include "cli/packaged_bundles.h"

#include <filesystem>

#include "base/file.h"
#include "bundle/builder.h"
#include "cli/bundle_build.h"

namespace tusker::cli {

std::string packaged_blobs(const std::string& program) {
  const std::filesystem::path folder = std::filesystem::path(program).parent_path();
  if (folder.filename() != "bin") return "";
  const std::string blobs = (folder.parent_path() / "share/tusker/blobs").string();
  return path_exists(blobs + "/index.json") ? blobs : "";
}

Status provide_packaged_bundles(const std::string& program,
                                const std::string& data,
                                WallTime now,
                                const std::function<void(const std::string&)>& progress) {
  const std::string packaged = packaged_blobs(program);
  if (packaged.empty()) return ok_status();
  TK_TRY_VOID(prepare_server_folder(data));
  BundleBuildOptions options;
  options.progress = [&progress](const BundleProgress& step) {
    if (step.phase == "copy") progress(step.what + ": taken from the installed package");
  };
  return copy_bundles(packaged, blob_folder("", data), now, options).context("{}", packaged);
}

}  // namespace tusker::cli
