#include "agent/node_program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "agent/cgroups.h"
#include "base/file.h"
#include "base/guarded.h"
#include "base/text.h"

namespace tusker {
namespace {

constexpr std::size_t kPiece = 64 << 10;
constexpr Duration kHangUpGrace = std::chrono::seconds(5);
constexpr Duration kKillAgain = std::chrono::seconds(1);
constexpr Duration kPidPause = std::chrono::milliseconds(20);
constexpr Duration kEndLimit = std::chrono::seconds(20);
constexpr int kRuncFailed = 255;
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;

Status make_nonblocking(const UniqueFd& file) {
  if (::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) | O_NONBLOCK) != 0)
    return Error::from_errno(errno, "fcntl");
  return ok_status();
}

// What the loop asks for, taken by the thread in one go.
struct Orders {
  std::deque<std::string> input;
  bool input_ended = false;
  std::uint64_t acknowledged = 0;
  std::vector<int> signals;
  std::optional<winsize> window;
  bool hang_up = false;
  bool kill = false;
};

}  // namespace

struct NodeProgram::Shared {
  UniqueFd wake;
  std::mutex mutex;
  Orders orders TK_GUARDED_BY(mutex);

  // The loop's own: what is posted after the end finds nobody.
  NodeProgramEvents events;

  void order(const std::function<void(Orders&)>& change) {
    {
      const std::lock_guard lock(mutex);
      change(orders);
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(wake.get(), &one, sizeof one);
  }
};

// One program's descriptors and what the thread does with them.
struct NodeProgram::Pump {
  Child child;
  std::string process_file;
  std::string pid_file;
  std::string log_file;
  std::string node;
  std::string cgroup;
  std::uint64_t memory_kills_before = 0;
  bool terminal = false;
  UniqueFd input;         // of a terminal: its master, also for output
  UniqueFd output;        // the same file in a terminal's case
  UniqueFd error_output;  // none in a terminal's case

  EventLoop* loop = nullptr;
  std::shared_ptr<Shared> shared;
  std::deque<std::string> pending;
  std::size_t pending_offset = 0;
  bool input_ended = false;
  std::uint64_t delivered = 0;
  std::uint64_t acknowledged = 0;
  bool hanging_up = false;
  Time kill_at{};
  int kills = 0;
  std::vector<int> unsent_signals;
  bool ended = false;
  SystemClock clock;

  void run();
  void take_orders();
  void carry_out(const Orders& orders);
  void write_some();
  void read_some(UniqueFd& from, bool to_error);
  void tell_taken(std::size_t bytes);
  void deliver(std::string bytes, bool to_error);
  bool has_room() const { return hanging_up || delivered - acknowledged < kOutputWindow; }
  void signal_group(int number);
  bool send_signals();
  int exit_code_of(int code) const;
  void tell_why(int code);
  int wait_limit() const;
};

Result<std::unique_ptr<NodeProgram>> NodeProgram::start(const Runc& runc,
                                                        const NodeLayout& node,
                                                        const std::string& name,
                                                        const NodeProgramSpec& spec) {
  // On tmpfs and for root only: arguments may be secret.
  const std::string folder = node.run + "/exec";
  TK_TRY_VOID(ensure_directory(folder, 0700));
  auto pump = std::make_unique<Pump>();
  pump->process_file = folder + "/" + name + ".json";
  TK_TRY_VOID(write_file_atomic(pump->process_file, process_config(spec.process), 0600));
  pump->pid_file = folder + "/" + name + ".pid";
  pump->terminal = spec.process.terminal;
  pump->log_file = folder + "/" + name + ".log";
  pump->node = node.id;
  pump->cgroup = node.cgroup;
  pump->memory_kills_before = memory_kills(node.cgroup);
  const std::vector<std::string> argv = runc.command(
      pump->log_file,
      {"exec", "--process", pump->process_file, "--pid-file", pump->pid_file, node.id});
  Pipe in;
  Pipe out;
  Pipe error;
  if (pump->terminal) {
    winsize size{};
    size.ws_col = static_cast<unsigned short>(spec.columns);
    size.ws_row = static_cast<unsigned short>(spec.rows);
    int master = -1;
    int slave = -1;
    if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0)
      return Error::from_errno(errno, "openpty");
    in.write = UniqueFd(master);
    in.read = UniqueFd(slave);
    out.read = UniqueFd(::fcntl(master, F_DUPFD_CLOEXEC, 3));
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  } else {
    TK_TRY(in, make_pipe());
    TK_TRY(out, make_pipe());
    TK_TRY(error, make_pipe());
  }
  pump->input = std::move(in.write);
  pump->output = std::move(out.read);
  pump->error_output = std::move(error.read);
  for (const UniqueFd* file : {&pump->input, &pump->output, &pump->error_output}) {
    if (*file) TK_TRY_VOID(make_nonblocking(*file));
  }
  const int to_output = pump->terminal ? in.read.get() : out.write.get();
  const int to_error = pump->terminal ? in.read.get() : error.write.get();
  TK_TRY(pump->child, start_program({.argv = argv}, in.read.get(), to_output, to_error));
  return std::unique_ptr<NodeProgram>(new NodeProgram(std::move(pump)));
}

NodeProgram::NodeProgram(std::unique_ptr<Pump> pump)
    : shared_(std::make_shared<Shared>()), pump_(std::move(pump)) {
  shared_->wake = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  pump_->shared = shared_;
}

NodeProgram::~NodeProgram() {
  shared_->events = {};
  shared_->order([](Orders& orders) { orders.kill = true; });
  if (!thread_.joinable()) pump_->run();  // never attached: the same end, on this thread
  if (thread_.joinable()) thread_.join();
  for (const std::string& file : {pump_->process_file, pump_->pid_file, pump_->log_file})
    ::unlink(file.c_str());
}

void NodeProgram::attach(EventLoop& loop, NodeProgramEvents events) {
  shared_->events = std::move(events);
  pump_->loop = &loop;
  thread_ = std::thread([this] { pump_->run(); });
}

void NodeProgram::write(std::string bytes) {
  shared_->order([&bytes](Orders& orders) { orders.input.push_back(std::move(bytes)); });
}
void NodeProgram::end_input() {
  shared_->order([](Orders& orders) { orders.input_ended = true; });
}
void NodeProgram::acknowledge(std::uint64_t total) {
  shared_->order([total](Orders& orders) { orders.acknowledged = total; });
}
void NodeProgram::signal(int number) {
  shared_->order([number](Orders& orders) { orders.signals.push_back(number); });
}
void NodeProgram::resize(std::uint32_t columns, std::uint32_t rows) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  shared_->order([size](Orders& orders) { orders.window = size; });
}
void NodeProgram::hang_up() {
  shared_->order([](Orders& orders) { orders.hang_up = true; });
}

// ---- the thread

void NodeProgram::Pump::run() {
  take_orders();
  while (!ended || output || error_output) {
    std::array<pollfd, 5> waits = {
        {{shared->wake.get(), POLLIN, 0},
         {ended ? -1 : child.handle.get(), POLLIN, 0},
         {output && has_room() ? output.get() : -1, POLLIN, 0},
         {error_output && has_room() ? error_output.get() : -1, POLLIN, 0},
         {input && !pending.empty() ? input.get() : -1, POLLOUT, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), wait_limit());
    if (ready < 0 && errno != EINTR) break;
    const bool sent = send_signals();
    if (hanging_up && clock.now() >= kill_at) {
      // runc only when its program has been reached, or when it does not tell for too long.
      if (kills > 0 && sent) ::kill(-child.pid, SIGKILL);
      signal_group(SIGKILL);
      if (kills++ > 1) ::kill(-child.pid, SIGKILL);
      kill_at = clock.now() + kKillAgain;
    }
    if (ready <= 0) continue;
    if (waits[0].revents != 0) take_orders();
    if (waits[1].revents != 0) ended = true;
    if (waits[2].revents != 0) read_some(output, false);
    if (waits[3].revents != 0) read_some(error_output, true);
    if (waits[4].revents != 0) write_some();
  }
  const Result<int> code = wait_for(child, kEndLimit);
  if (loop == nullptr) return;
  tell_why(code.ok() ? *code : kRuncFailed);
  loop->post([shared = shared, exit_code = exit_code_of(code.ok() ? *code : kRuncFailed)] {
    if (shared->events.on_end) shared->events.on_end(exit_code);
  });
}

// runc ends with 255 when it could not start the program, which a program may do too: only runc
// leaves words in its log. It has said them on its error output as well, which the user gets.
int NodeProgram::Pump::exit_code_of(int code) const {
  if (code != kRuncFailed) return code;
  const std::string said = Runc::messages_in(log_file);
  if (said.find("exec failed") == std::string::npos) return code;
  const bool missing =
      said.find("not found") != std::string::npos || said.find("no such file") != std::string::npos;
  return missing ? kNotFound : kCannotRun;
}

// Who is killed has no last words. The kernel counts for the whole node: it may have ended
// another's process, but then this one ended by KILL in the same moment.
void NodeProgram::Pump::tell_why(int code) {
  if (code != 128 + SIGKILL || memory_kills(cgroup) <= memory_kills_before) return;
  deliver(fmt::format("tusker: the kernel ended it, since node {} was out of memory; let it need "
                      "less, or take nodes with more (--spec)\n",
                      node),
          !terminal);
}

int NodeProgram::Pump::wait_limit() const {
  const auto in_ms = [](Duration time) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  };
  if (!unsent_signals.empty()) return in_ms(kPidPause);
  if (!hanging_up) return -1;
  return in_ms(std::max(kill_at - clock.now(), Duration::zero())) + 1;
}

void NodeProgram::Pump::take_orders() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(shared->wake.get(), &count, sizeof count);
  Orders orders;
  {
    const std::lock_guard lock(shared->mutex);
    std::swap(orders.input, shared->orders.input);
    std::swap(orders.signals, shared->orders.signals);
    std::swap(orders.window, shared->orders.window);
    orders.input_ended = shared->orders.input_ended;
    orders.acknowledged = shared->orders.acknowledged;
    orders.hang_up = shared->orders.hang_up;
    orders.kill = shared->orders.kill;
  }
  std::size_t unwanted = 0;
  for (std::string& piece : orders.input) {
    if (!input) {
      unwanted += piece.size();
    } else if (!piece.empty()) {
      pending.push_back(std::move(piece));
    }
  }
  if (unwanted > 0) tell_taken(unwanted);
  carry_out(orders);
}

void NodeProgram::Pump::carry_out(const Orders& orders) {
  acknowledged = std::max(acknowledged, orders.acknowledged);
  input_ended = input_ended || orders.input_ended;
  if (orders.window && input) {
    ::ioctl(input.get(), TIOCSWINSZ, &*orders.window);
    ::kill(child.pid,
           SIGWINCH);  // runc hands the new size on; the terminal is not its controlling one
  }
  for (const int number : orders.signals) signal_group(number);
  if (input_ended && pending.empty() && !terminal) input.reset();
  if (orders.hang_up && !hanging_up) {
    hanging_up = true;
    kill_at = clock.now() + kHangUpGrace;
    signal_group(SIGHUP);
  }
  if (orders.kill) {
    hanging_up = true;
    kill_at = clock.now();
  }
}

void NodeProgram::Pump::write_some() {
  const std::string_view piece = std::string_view(pending.front()).substr(pending_offset);
  const ssize_t n = ::write(input.get(), piece.data(), piece.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  std::size_t taken = n < 0 ? 0 : static_cast<std::size_t>(n);
  if (n < 0) {
    // The program does not listen any more: what is left counts as taken, so that its sender goes
    // on.
    for (const std::string& left : pending) taken += left.size();
    taken -= pending_offset;
    pending.clear();
    input.reset();
  } else {
    pending_offset += taken;
    if (pending_offset == pending.front().size()) {
      pending.pop_front();
      pending_offset = 0;
    }
  }
  if (input_ended && pending.empty() && !terminal) input.reset();
  tell_taken(taken);
}

void NodeProgram::Pump::tell_taken(std::size_t bytes) {
  if (loop == nullptr) return;
  loop->post([shared = shared, bytes] {
    if (shared->events.on_input_taken) shared->events.on_input_taken(bytes);
  });
}

void NodeProgram::Pump::read_some(UniqueFd& from, bool to_error) {
  std::string bytes(kPiece, '\0');
  const ssize_t n = ::read(from.get(), bytes.data(), bytes.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {  // a terminal whose other end is closed says EIO
    from.reset();
    return;
  }
  bytes.resize(static_cast<std::size_t>(n));
  delivered += bytes.size();
  deliver(std::move(bytes), to_error);
}

void NodeProgram::Pump::deliver(std::string bytes, bool to_error) {
  if (loop == nullptr) return;
  loop->post([shared = shared, bytes = std::move(bytes), to_error]() mutable {
    if (shared->events.on_output) shared->events.on_output(std::move(bytes), to_error);
  });
}

// runc gives every program that it starts a session of its own, so the group has the program's pid.
// Before runc has told it the signal waits: runc itself must not end, or its program stays alone.
void NodeProgram::Pump::signal_group(int number) {
  unsent_signals.push_back(number);
  send_signals();
}

bool NodeProgram::Pump::send_signals() {
  if (ended) unsent_signals.clear();
  if (unsent_signals.empty()) return true;
  pid_t pid = 0;
  const Result<std::string> text = read_file(pid_file, 64);
  if (text.ok()) std::from_chars(text->data(), text->data() + text->size(), pid);
  if (pid <= 1) return false;
  for (const int number : unsent_signals) ::kill(-pid, number);
  unsent_signals.clear();
  return true;
}

}  // namespace tusker
