#include "cli/stdin_reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace tusker::cli {

namespace {

std::optional<std::string> read_once(int descriptor, int wake, std::size_t limit) {
  for (;;) {
    pollfd waits[2] = {{descriptor, POLLIN, 0}, {wake, POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return std::nullopt;
    if ((waits[1].revents & POLLIN) != 0) return std::nullopt;
    if (waits[0].revents == 0) continue;
    std::string block(limit, '\0');
    const ssize_t n = ::read(descriptor, block.data(), block.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return std::nullopt;
    block.resize(static_cast<std::size_t>(n));
    return block;
  }
}

}  // namespace

Result<std::unique_ptr<StdinReader>> StdinReader::open(EventLoop& loop, int descriptor) {
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC));
  if (!wake) return Error::from_errno(errno, "eventfd");
  return std::unique_ptr<StdinReader>(new StdinReader(loop, descriptor, std::move(wake)));
}

StdinReader::StdinReader(EventLoop& loop, int descriptor, UniqueFd wake)
    : descriptor_(descriptor), wake_(std::move(wake)), pool_(loop, "stdin", 1) {}

StdinReader::~StdinReader() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(wake_.get(), &one, sizeof one);
}

void StdinReader::read(std::size_t limit, std::function<void(std::optional<std::string>)> done) {
  reading_ = true;
  pool_.submit(
      [descriptor = descriptor_, wake = wake_.get(), limit] {
        return read_once(descriptor, wake, limit);
      },
      [this, done = std::move(done)](std::optional<std::string> piece) {
        reading_ = false;
        done(std::move(piece));
      });
}

}  // namespace tusker::cli
