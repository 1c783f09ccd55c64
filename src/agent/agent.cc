#include "agent/agent.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>

#include "agent/host_facts.h"
#include "agent/host_keeper.h"
#include "agent/host_layout.h"
#include "agent/identity.h"
#include "agent/join.h"
#include "agent/node_streams.h"
#include "agent/server_blobs.h"
#include "agent/server_link.h"
#include "agent/server_port.h"
#include "base/process.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"

namespace tusker {
namespace {

constexpr std::uint32_t kProtocol = 1;
constexpr int kMaxExponent = 4;  // back-off of joining, up to 16 s
constexpr std::string_view kTrialHostId = "00000000-0000-4000-8000-000000000000";

std::string machine_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "host";
}

}  // namespace

// First it joins, if it has not; then it has an identity and, from it, everything else.
class Agent::Impl {
 public:
  Impl(EventLoop& loop,
       const AgentOptions& options,
       Random& random,
       ProcessRunner& runner,
       const Log& log)
      : loop_(loop),
        options_(options),
        random_(random),
        runner_(runner),
        log_(log),
        folder_(options.data + "/agent") {
    if (options_.host_name.empty()) options_.host_name = machine_name();
  }

  ~Impl() {
    stopping_ = true;
    if (blobs_) blobs_->stop();
  }

  Status start() {
    if (::geteuid() != 0)
      return Error(ErrorCode::PermissionDenied,
                   "the agent needs root, for containers, mounts and networks");
    // Before it joins: a host that could never run a node must not take addresses.
    TK_TRY(const HostLayout trial,
           HostLayout::make(options_.data, options_.run_folder, kTrialHostId));
    TK_TRY_VOID(ensure_directory(folder_, 0700));
    TK_TRY(lock_, lock_agent_folder(folder_));
    TK_TRY(std::optional<AgentIdentity> identity, load_agent_identity(folder_));
    if (identity) return run_as(*identity);
    join();
    return ok_status();
  }

  const std::string& host_id() const { return host_id_; }
  bool connected() const { return link_ && link_->connected(); }

 private:
  void join() {
    join_worker_.submit(
        [this]() -> Result<AgentIdentity> {
          TK_TRY(AgentIdentity identity,
                 join_installation(
                     options_.server, options_.join_token_file, options_.host_name, [this] {
                       return stopping_.load();
                     }));
          TK_TRY_VOID(save_agent_identity(folder_, identity)
                          .context("save what the server gave this host"));
          return identity;
        },
        [this](const Result<AgentIdentity>& identity) {
          if (identity.ok()) return begin(*identity);
          again("agent.join_failed", identity.error(), [this] { join(); });
        });
  }

  // It has joined: from here on only what it is gets started, however often that fails.
  void begin(const AgentIdentity& identity) {
    const Status running = run_as(identity);
    if (!running.ok())
      again("agent.start_failed", running.error(), [this, identity] { begin(identity); });
  }

  void again(std::string_view event, const Error& error, std::function<void()> what) {
    const Duration pause = std::chrono::seconds(1 << std::min(failures_++, kMaxExponent));
    log_.warn(event,
              {{"server", options_.server}, {"error", error.message()}, {"again_in", pause}});
    again_ = loop_.after(pause, std::move(what));
  }

  Status run_as(const AgentIdentity& identity) {
    TK_TRY(HostLayout layout,
           HostLayout::make(options_.data, options_.run_folder, identity.host_id));
    TK_TRY(const ServerPort server, ServerPort::of(options_.server, identity));
    blobs_ = std::make_unique<ServerBlobs>(server);
    keeper_ = std::make_unique<HostKeeper>(
        HostKeeper::Parts{
            loop_, std::move(layout), *blobs_, runner_, random_, log_, options_.host_name},
        [this] {
          if (link_) link_->changed();
        });
    TK_TRY_VOID(keeper_->start());
    link_ = std::make_unique<ServerLink>(loop_, server, random_, log_, link_handlers());
    streams_ = std::make_unique<NodeStreams>(
        loop_, *keeper_, server, log_, [this](const link::StreamEnd& end) {
          link::AgentFrame frame;
          *frame.mutable_stream_end() = end;
          link_->send(frame);
        });
    host_id_ = identity.host_id;
    log_.info("agent.started",
              {{"host", host_id_}, {"name", options_.host_name}, {"server", options_.server}});
    link_->start();
    return ok_status();
  }

  ServerLink::Handlers link_handlers() {
    return {.hello = [this] { return hello(); },
            .observed = [this] { return keeper_->observed(); },
            .heartbeat = [this] { return heartbeat(); },
            .desired = [this](link::Desired desired) { keeper_->take(std::move(desired)); },
            .open_stream = [this](const link::OpenStream& request) { streams_->open(request); }};
  }

  link::Hello hello() const {
    link::Hello hello;
    hello.set_protocol(kProtocol);
    hello.set_version(TUSKER_VERSION);
    hello.set_host_id(host_id_);
    hello.set_boot_id(boot_id());
    *hello.mutable_facts() = keeper_->facts();
    return hello;
  }

  // Of the keeper's last look: nothing here asks the disk.
  link::Heartbeat heartbeat() const {
    link::Heartbeat beat;
    beat.set_disk_free_bytes(keeper_->facts().disk_free_bytes());
    beat.set_memory_available_bytes(keeper_->facts().memory_available_bytes());
    beat.set_wall_ms(loop_.wall().ms);
    return beat;
  }

  EventLoop& loop_;
  AgentOptions options_;
  Random& random_;
  ProcessRunner& runner_;
  const Log log_;
  const std::string folder_;
  std::atomic<bool> stopping_ = false;
  UniqueFd lock_;
  std::string host_id_;
  int failures_ = 0;
  Timer again_;
  std::unique_ptr<ServerBlobs> blobs_;
  std::unique_ptr<HostKeeper> keeper_;
  std::unique_ptr<ServerLink> link_;
  std::unique_ptr<NodeStreams> streams_;
  WorkerPool join_worker_{loop_, "tk-join", 1};  // last: its thread ends before what it uses
};

Agent::Agent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::start(EventLoop& loop,
                                            const AgentOptions& options,
                                            Random& random,
                                            ProcessRunner& runner,
                                            const Log& log) {
  auto impl = std::make_unique<Impl>(loop, options, random, runner, log);
  TK_TRY_VOID(impl->start());
  return std::unique_ptr<Agent>(new Agent(std::move(impl)));
}

const std::string& Agent::host_id() const {
  return impl_->host_id();
}
bool Agent::connected() const {
  return impl_->connected();
}

Status run_agent(const AgentOptions& options, const Log& log) {
  ::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  EventLoop loop;
  SystemRandom random;
  SystemProcessRunner runner;
  TK_TRY(const std::unique_ptr<Agent> agent, Agent::start(loop, options, random, runner, log));
  loop.on_signal({SIGTERM, SIGINT}, [&](int) {
    log.info("agent.stopping");
    loop.stop();
  });
  loop.run();
  return ok_status();
}

}  // namespace tusker
