#include "cli/bundle_transfer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "bundle/transfer.h"
#include "cli/bundle_build.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/words.h"

namespace tusker::cli {

namespace {

constexpr std::string_view kStandard = "-";

// A file that has its name only when it is whole.
class PartFile final {
 public:
  static Result<PartFile> make(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
      return Error::make(
          ErrorCode::InvalidArgument, "{} is there and no file; '-' is standard output", path);
    }
    PartFile part(path);
    part.fd_ = UniqueFd(
        ::open(part.part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!part.fd_) return Error::from_errno(errno, part.part_);
    return part;
  }
  PartFile(PartFile&&) = default;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile() {
    if (fd_) ::unlink(part_.c_str());
  }

  int fd() const { return fd_.get(); }
  Status keep() {
    if (::fsync(fd_.get()) != 0 || ::rename(part_.c_str(), path_.c_str()) != 0)
      return Error::from_errno(errno, path_);
    fd_.reset();
    return ok_status();
  }

 private:
  explicit PartFile(const std::string& path) : path_(path), part_(path + ".part") {}
  std::string path_;
  std::string part_;
  UniqueFd fd_;
};

std::string summary(const std::vector<BundleEntry>& entries) {
  std::string out;
  std::uint64_t bytes = 0;
  for (const BundleEntry& entry : entries) {
    out += fmt::format("  {}, {}\n", title_of(entry), bytes_text(entry.size));
    bytes += entry.size;
  }
  return out + fmt::format("  in all: {}\n", bytes_text(bytes));
}

// The part that both have in common: progress and Ctrl-C around the transfer.
template <typename Transfer>
Result<std::vector<BundleEntry>> watched(Console& console,
                                         const Clock& clock,
                                         const BundleTransferFlags& flags,
                                         const Transfer& transfer) {
  TK_TRY(Interrupt interrupt, Interrupt::watch());
  BundleProgressView view(console);
  const Time start = clock.now();
  BundleBuildOptions options;
  options.blobs = blob_folder(flags.blobs, flags.data);
  options.names = flags.names;
  options.progress = [&](const BundleProgress& progress) {
    view.update(progress, clock.now() - start);
  };
  options.cancelled = [&interrupt] { return interrupt.requested(); };
  Result<std::vector<BundleEntry>> moved = transfer(options);
  view.finish();
  return moved;
}

Result<std::vector<BundleEntry>> write_archive(Console& console,
                                               const Clock& clock,
                                               const BundleTransferFlags& flags) {
  if (flags.file == kStandard) {
    if (console.traits().out_is_terminal) {
      return Error(ErrorCode::InvalidArgument,
                   "an archive is nothing for a terminal: name a file, or pipe it to a program");
    }
    return watched(console, clock, flags, [](const BundleBuildOptions& options) {
      return export_bundles(STDOUT_FILENO, options);
    });
  }
  TK_TRY(PartFile file, PartFile::make(flags.file));
  TK_TRY(std::vector<BundleEntry> written,
         watched(console, clock, flags, [&file](const BundleBuildOptions& options) {
           return export_bundles(file.fd(), options);
         }));
  TK_TRY_VOID(file.keep());
  return written;
}

Result<std::vector<BundleEntry>> read_archive(Console& console,
                                              const Clock& clock,
                                              const BundleTransferFlags& flags) {
  if (flags.blobs.empty() && ::geteuid() != 0) {
    return Error(ErrorCode::PermissionDenied,
                 "tusker bundle import needs root, for the server's folder. Run it with sudo");
  }
  UniqueFd opened;
  int archive = STDIN_FILENO;
  if (flags.file != kStandard) {
    opened = UniqueFd(::open(flags.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return Error::from_errno(errno, flags.file);
    archive = opened.get();
  } else if (console.traits().in_is_terminal) {
    return Error(ErrorCode::InvalidArgument,
                 "a terminal is no archive: name a file, or pipe one in");
  }
  if (flags.blobs.empty()) TK_TRY_VOID(prepare_server_folder(flags.data));
  return watched(console, clock, flags, [&](const BundleBuildOptions& options) {
    return import_bundles(archive, clock.wall(), options).context("{}", printable(flags.file));
  });
}

int tell(Console& console, std::string_view what, const Result<std::vector<BundleEntry>>& moved) {
  if (moved.ok()) {
    console.note(fmt::format("{}:\n{}", what, summary(*moved)));
    return kDone;
  }
  console.error(moved.error().message());
  return exit_code_of(moved.error());
}

}  // namespace

int export_bundle_file(Console& console, const Clock& clock, const BundleTransferFlags& flags) {
  return tell(console, "Written", write_archive(console, clock, flags));
}

int import_bundle_file(Console& console, const Clock& clock, const BundleTransferFlags& flags) {
  return tell(console, "The blob folder has", read_archive(console, clock, flags));
}

}  // namespace tusker::cli
