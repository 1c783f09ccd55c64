#include "agent/server_blobs.h"

#include "base/file.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxBlobBytes = 8ULL << 30;

}  // namespace

Status ServerBlobs::fetch(const std::string& digest,
                          int file,
                          const std::function<void(std::uint64_t)>& progress) {
  HttpCall call = server_.call("/blob/" + digest);
  call.timeout = Duration::zero();  // as long as it moves
  call.max_body_bytes = kMaxBlobBytes;
  std::uint64_t done = 0;
  call.on_body = [&](std::string_view piece) -> Status {
    TK_TRY_VOID(write_all(file, piece, "blob " + digest));
    done += piece.size();
    progress(done);
    return ok_status();
  };
  TK_TRY(const HttpReply reply, tusker::fetch(std::move(call), [this] { return stopped_.load(); }));
  if (reply.status == 200) return ok_status();
  if (reply.status == 404) {
    return Error::make(
        ErrorCode::NotFound,
        "the server does not have {} (any more); build its bundles again: tusker bundle build",
        digest);
  }
  return Error::make(ErrorCode::Unavailable,
                     "the server answered with status {}: {}",
                     reply.status,
                     as_message_text(reply.body, 200));
}

}  // namespace tusker
