#include "cli/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace tusker::cli {

namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

Result<Interrupt> Interrupt::watch() {
  const sigset_t set = watched();
  UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return Error::from_errno(errno, "signalfd");
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return Error::from_errno(errno, "sigprocmask");
  return Interrupt(std::move(fd));
}

Interrupt::~Interrupt() {
  if (!signals_) return;
  // One that came in this moment would otherwise end the process after the work was done.
  requested();
  const sigset_t set = watched();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

bool Interrupt::requested() {
  signalfd_siginfo info{};
  bool any = false;
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) any = true;
  return any;
}

bool Interrupt::wait(Duration longest) {
  pollfd waits{signals_.get(), POLLIN, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
  ::poll(&waits, 1, static_cast<int>(ms));
  return requested();
}

}  // namespace tusker::cli
