#include "agent/loop_device.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

namespace tusker {
namespace {

constexpr int kLoopMajor = 7;

// The kernel may name a device whose node nobody has made, where /dev is not devtmpfs.
Result<UniqueFd> open_device(const std::string& path, int number, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd && errno == ENOENT) {
    ::mknod(path.c_str(), S_IFBLK | 0660, makedev(kLoopMajor, static_cast<unsigned>(number)));
    fd = UniqueFd(::open(path.c_str(), flags | O_CLOEXEC));
  }
  if (!fd) return Error::from_errno(errno, path);
  return fd;
}

bool has_loop(const std::string& folder) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/block", failure)) {
    if (!entry.path().filename().string().starts_with("loop")) continue;
    const Result<std::string> backing =
        read_file(entry.path().string() + "/loop/backing_file", 8192);
    if (backing.ok() && backing->starts_with(folder + "/")) return true;
  }
  return false;
}

}  // namespace

bool loops_gone(const std::string& folder, Duration limit) {
  constexpr auto kStep = std::chrono::milliseconds(5);
  for (Duration waited{}; has_loop(folder); waited += kStep) {
    if (waited > limit) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

Result<LoopDevice> attach_loop(const std::string& file, bool read_only) {
  const int flags = read_only ? O_RDONLY : O_RDWR;
  const UniqueFd backing(::open(file.c_str(), flags | O_CLOEXEC));
  if (!backing) return Error::from_errno(errno, file);
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) return Error::from_errno(errno, "/dev/loop-control; load the kernel module loop");

  // Somebody else may take the device between the two calls: ask for the next one then.
  for (int attempt = 0; attempt < 64; ++attempt) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return Error::from_errno(errno, "find a free loop device");
    LoopDevice device;
    device.path = fmt::format("/dev/loop{}", number);
    TK_TRY(device.open, open_device(device.path, number, flags));
    loop_config config{};
    config.fd = static_cast<unsigned>(backing.get());
    config.info.lo_flags =
        LO_FLAGS_AUTOCLEAR | (read_only ? static_cast<unsigned>(LO_FLAGS_READ_ONLY) : 0U);
    // losetup shows this name; the path itself is what tools compare, so it is cut rather than
    // refused.
    std::memcpy(config.info.lo_file_name,
                file.data(),
                std::min<std::size_t>(file.size(), LO_NAME_SIZE - 1));
    if (::ioctl(device.open.get(), LOOP_CONFIGURE, &config) == 0) return device;
    if (errno != EBUSY)
      return Error::from_errno(errno, fmt::format("attach {} to {}", file, device.path));
  }
  return Error::make(ErrorCode::ResourceExhausted, "{}: no free loop device in 64 attempts", file);
}

}  // namespace tusker
