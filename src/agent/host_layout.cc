#include "agent/host_layout.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"

namespace tusker {
namespace {

// Overlay separates its options by commas and lower directories by colons.
Status check_folder(std::string_view name, std::string_view path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._+-@").find(c) != std::string_view::npos;
  });
  if (plain && path.size() > 1 && path.front() == '/' &&
      path.find("/..") == std::string_view::npos) {
    return ok_status();
  }
  return Error::make(ErrorCode::InvalidArgument,
                     "{}: expected an absolute path of letters, digits and /._+-@, found '{}'; "
                     "choose another folder",
                     name,
                     path);
}

std::string hex_of(std::string_view digest) {
  TK_CHECK(is_digest(digest), "'{}' is no digest", digest);
  return std::string(digest.substr(digest.find(':') + 1));
}

}  // namespace

Result<HostLayout> HostLayout::make(const std::string& data,
                                    const std::string& run_folder,
                                    std::string_view host_id) {
  TK_TRY_VOID(check_folder("data folder", data));
  TK_TRY_VOID(check_folder("run folder", run_folder));
  if (!is_uuid(host_id)) {
    return Error::make(ErrorCode::InvalidArgument, "host id: expected a UUID, found '{}'", host_id);
  }
  HostLayout layout;
  layout.host_id = host_id;
  layout.tag = host_id.substr(0, 8);
  layout.folder = data + "/agent";
  layout.run = run_folder + "/" + layout.tag;
  return layout;
}

std::string HostLayout::blob(std::string_view digest) const {
  return folder + "/blobs/" + hex_of(digest);
}
std::string HostLayout::artifact_mount(std::string_view digest) const {
  return folder + "/mounts/" + hex_of(digest);
}

}  // namespace tusker
