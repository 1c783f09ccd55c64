#include "engine/exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/guarded.h"

namespace tusker {
namespace {

struct Started {
  Exchange exchange;
  Exchanger::Done done;
};

// One that is under way.
struct Running {
  Started what;
  UniqueFd socket;
  bool connected = false;
  std::size_t sent = 0;
  std::string received;
  Time deadline;
};

Result<UniqueFd> begin_connect(const Exchange& exchange) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(exchange.port);
  if (::inet_pton(AF_INET, exchange.address.c_str(), &address.sin_addr) != 1) {
    return Error::make(ErrorCode::InvalidArgument,
                       "address: expected IPv4 such as 10.0.0.1, found '{}'",
                       exchange.address);
  }
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Error::from_errno(errno, "socket");
  const int one = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    return Error::make(ErrorCode::Unavailable, "{}", Error::from_errno(errno, "connect").message());
  }
  return fd;
}

int error_of(int socket) {
  int number = 0;
  socklen_t size = sizeof number;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size);
  return number;
}

Error unavailable(int number, std::string_view doing) {
  return Error(ErrorCode::Unavailable, Error::from_errno(number, doing).message());
}

}  // namespace

class Exchanger::Impl {
 public:
  Impl() : poll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    TK_CHECK(poll_ && wake_, "epoll or eventfd: {}", errno);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWake;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }

  void start(Started started) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(started));
    }
    wake();
  }

 private:
  static constexpr std::uint64_t kWake = 0;

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(wake_.get(), &one, sizeof one);  // full means awake
  }

  void run() {
    ::pthread_setname_np(::pthread_self(), "tk-probes");
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (take_new()) {
      epoll_event events[32];
      const int count = ::epoll_wait(poll_.get(), events, 32, milliseconds_to_deadline());
      for (int i = 0; i < count; ++i) handle(events[i]);
      expire();
    }
  }

  // False: time to stop.
  bool take_new() {
    std::vector<Started> fresh;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      fresh.swap(queue_);
    }
    for (Started& started : fresh) begin(std::move(started));
    return true;
  }

  void begin(Started started) {
    Result<UniqueFd> socket = begin_connect(started.exchange);
    if (!socket.ok()) {
      started.done(std::move(socket).error());
      return;
    }
    const std::uint64_t id = ++last_id_;
    Running running;
    running.deadline = clock_.now() + started.exchange.deadline;
    running.what = std::move(started);
    running.socket = *std::move(socket);
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u64 = id;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, running.socket.get(), &event);
    deadlines_.emplace(running.deadline, id);
    running_.emplace(id, std::move(running));
  }

  int milliseconds_to_deadline() const {
    if (deadlines_.empty()) return -1;
    const Duration left = deadlines_.begin()->first - clock_.now();
    return static_cast<int>(std::clamp<std::int64_t>(left.count() / 1'000'000 + 1, 0, 60'000));
  }

  void handle(const epoll_event& event) {
    if (event.data.u64 == kWake) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t n = ::read(wake_.get(), &count, sizeof count);
      return;
    }
    const auto at = running_.find(event.data.u64);
    if (at == running_.end()) return;
    Running& running = at->second;
    if (!running.connected) {
      if (const int number = error_of(running.socket.get()); number != 0) {
        return finish(at->first, unavailable(number, "connect"));
      }
      running.connected = true;
      if (running.what.exchange.request.empty()) return finish(at->first, std::string());
    }
    if ((event.events & EPOLLOUT) != 0) return write_some(at->first, running);
    read_some(at->first, running);
  }

  void write_some(std::uint64_t id, Running& running) {
    const std::string_view left =
        std::string_view(running.what.exchange.request).substr(running.sent);
    const ssize_t n = ::send(running.socket.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return finish(id, unavailable(errno, "send"));
    if (n > 0) running.sent += static_cast<std::size_t>(n);
    if (running.sent < running.what.exchange.request.size()) return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, running.socket.get(), &event);
  }

  void read_some(std::uint64_t id, Running& running) {
    char block[1 << 15];
    const ssize_t n = ::recv(running.socket.get(), block, sizeof block, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) return finish(id, unavailable(errno, "receive"));
    running.received.append(block, static_cast<std::size_t>(n));
    const Exchange& exchange = running.what.exchange;
    if (running.received.size() > exchange.limit) {
      return finish(
          id,
          Error::make(ErrorCode::ResourceExhausted, "answer larger than {} bytes", exchange.limit));
    }
    Result<bool> complete = exchange.complete(running.received, n == 0);
    if (!complete.ok()) return finish(id, std::move(complete).error());
    if (*complete) return finish(id, std::move(running.received));
    if (n == 0) finish(id, Error(ErrorCode::Unavailable, "the answer ended too early"));
  }

  void finish(std::uint64_t id, Result<std::string> result) {
    auto node = running_.extract(id);
    Running& running = node.mapped();
    auto [begin, end] = deadlines_.equal_range(running.deadline);
    for (auto at = begin; at != end; ++at) {
      if (at->second == id) {
        deadlines_.erase(at);
        break;
      }
    }
    running.socket.reset();
    running.what.done(std::move(result));
  }

  void expire() {
    const Time now = clock_.now();
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      const std::uint64_t id = deadlines_.begin()->second;
      const Running& running = running_.at(id);
      finish(id,
             Error::make(ErrorCode::DeadlineExceeded,
                         "no {} within {} ms",
                         running.connected ? "whole answer" : "connection",
                         running.what.exchange.deadline.count() / 1'000'000));
    }
  }

  const SystemClock clock_;
  UniqueFd poll_;
  UniqueFd wake_;
  std::mutex mutex_;
  std::vector<Started> queue_ TK_GUARDED_BY(mutex_);
  bool stopping_ TK_GUARDED_BY(mutex_) = false;
  // The thread's own.
  std::uint64_t last_id_ = kWake;
  std::map<std::uint64_t, Running> running_;
  std::multimap<Time, std::uint64_t> deadlines_;
  std::thread thread_;
};

Exchanger::Exchanger() : impl_(std::make_unique<Impl>()) {}
Exchanger::~Exchanger() = default;

void Exchanger::start(Exchange exchange, Done done) {
  impl_->start({std::move(exchange), std::move(done)});
}

}  // namespace tusker
