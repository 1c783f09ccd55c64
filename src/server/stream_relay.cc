#include "server/stream_relay.h"

#include <vector>

#include "base/encoding.h"

namespace tusker::server {

namespace {

constexpr std::chrono::seconds kDialLimit{10};
constexpr std::size_t kMaxStreams = 256;
// A side that has so much unsent makes the other wait.
constexpr std::size_t kHighWater = 1 << 20;

WebSocketOptions stream_options() {
  WebSocketOptions options;
  options.max_message_bytes = 1 << 20;
  options.max_buffered_bytes = 8 << 20;
  return options;
}

}  // namespace

struct StreamRelay::Waiting {
  HostId host;
  Responder user;
  Ready ready;  // set: the server is the user
  Refuse refuse;
  std::string secret_id;  // empty: the server's own
  Timer limit = {};
};

struct StreamRelay::Joined {
  std::string secret_id;
  std::unique_ptr<WebSocket> user;
  std::unique_ptr<WebSocket> agent;
  Timer limit;  // until both are there
};

StreamRelay::StreamRelay(EventLoop& loop, Controller& controller, Random& random, Log log)
    : loop_(loop), controller_(controller), random_(random), log_(std::move(log)) {
  controller_.on_key_deleted([this](const std::string& secret_id) { end_streams_of(secret_id); });
}

StreamRelay::~StreamRelay() {
  controller_.on_key_deleted({});
}

void StreamRelay::open(const HostId& host,
                       link::OpenStream request,
                       std::string secret_id,
                       Responder user,
                       Refuse refuse) {
  ask(std::move(request),
      std::make_unique<Waiting>(
          Waiting{host, std::move(user), nullptr, std::move(refuse), std::move(secret_id)}));
}

void StreamRelay::open_here(const HostId& host,
                            link::OpenStream request,
                            Ready ready,
                            Refuse refuse) {
  ask(std::move(request),
      std::make_unique<Waiting>(
          Waiting{host, Responder(), std::move(ready), std::move(refuse), {}}));
}

void StreamRelay::ask(link::OpenStream request, std::unique_ptr<Waiting> waiting) {
  if (waiting_.size() + joined_.size() >= kMaxStreams) {
    waiting->refuse(Error::make(ErrorCode::ResourceExhausted,
                                "{} streams are open already; close one and try again",
                                kMaxStreams));
    return;
  }
  std::string id(16, '\0');
  random_.fill({reinterpret_cast<std::uint8_t*>(id.data()), id.size()});
  id = to_hex({reinterpret_cast<const std::uint8_t*>(id.data()), id.size()});
  request.set_id(id);
  if (Status asked = controller_.open_stream(waiting->host, request); !asked.ok()) {
    waiting->refuse(asked.error());
    return;
  }
  waiting->limit = loop_.after(kDialLimit, [this, id] {
    fail(id,
         Error::make(ErrorCode::DeadlineExceeded,
                     "the node's host did not open the stream within {} s; is its agent busy?",
                     kDialLimit.count()));
  });
  waiting_.emplace(id, std::move(waiting));
}

void StreamRelay::fail(const std::string& id, const Error& error) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const std::unique_ptr<Waiting> waiting = std::move(found->second);
  waiting_.erase(found);
  waiting->refuse(error);
}

void StreamRelay::agent_refused(const link::StreamEnd& end) {
  fail(end.id(), Error(ErrorCode::FailedPrecondition, end.failure()));
}

bool StreamRelay::agent_dialled(const std::string& id, const HostId& host, const Responder& agent) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end() || found->second->host != host) return false;
  std::unique_ptr<Waiting> waiting = std::move(found->second);
  waiting_.erase(found);
  if (waiting->ready) {
    agent.accept_websocket(stream_options(), std::move(waiting->ready));
  } else {
    accept(std::move(waiting), agent);
  }
  return true;
}

void StreamRelay::accept(std::unique_ptr<Waiting> waiting, const Responder& agent) {
  const std::uint64_t number = ++last_number_;
  auto joined = std::make_unique<Joined>();
  joined->secret_id = waiting->secret_id;
  const std::weak_ptr<bool> alive = alive_;
  joined->limit = loop_.after(kDialLimit, [this, number] { finish(number); });
  joined_.emplace(number, std::move(joined));
  // The user first: whoever has gone meanwhile is never accepted, and then no program is started
  // for nobody.
  waiting->user.accept_websocket(
      stream_options(), [this, alive, number, agent](std::unique_ptr<WebSocket> user) {
        if (alive.expired() || !joined_.contains(number)) return;
        joined_.at(number)->user = std::move(user);
        agent.accept_websocket(stream_options(),
                               [this, alive, number](std::unique_ptr<WebSocket> socket) {
                                 if (alive.expired() || !joined_.contains(number)) return;
                                 joined_.at(number)->agent = std::move(socket);
                                 join(number);
                               });
      });
}

void StreamRelay::join(std::uint64_t number) {
  Joined& joined = *joined_.at(number);
  joined.limit.cancel();
  WebSocket& user = *joined.user;
  WebSocket& agent = *joined.agent;
  const auto handlers = [this, number](WebSocket& from, WebSocket& to) {
    WebSocketHandlers made;
    made.on_message = [this, &from, &to](std::string_view message, bool) {
      carry(from, to, message);
    };
    made.on_close = [this, number](const WebSocketClose&) { finish(number); };
    made.on_drained = [&to] { to.resume(); };
    return made;
  };
  log_.debug("stream.joined", {{"stream", number}, {"user", user.peer()}});
  user.start(handlers(user, agent));
  agent.start(handlers(agent, user));
}

void StreamRelay::carry(WebSocket& from, WebSocket& to, std::string_view message) {
  to.send_binary(std::string(message));
  if (to.buffered() > kHighWater) from.pause();
}

void StreamRelay::finish(std::uint64_t number) {
  // The destructors send what is buffered, so a program's last words arrive.
  joined_.erase(number);
}

// From the loop: it is a request over one of these connections that may have deleted the key.
void StreamRelay::end_streams_of(const std::string& secret_id) {
  loop_.post([this, alive = std::weak_ptr(alive_), secret_id] {
    if (alive.expired()) return;
    std::vector<std::string> waiting;
    for (const auto& [id, one] : waiting_)
      if (one->secret_id == secret_id) waiting.push_back(id);
    for (const std::string& id : waiting)
      fail(id, Error::make(ErrorCode::PermissionDenied, "key {} was deleted", secret_id));
    const std::size_t ended =
        std::erase_if(joined_, [&](const auto& one) { return one.second->secret_id == secret_id; });
    if (ended > 0) log_.info("stream.key_deleted", {{"key", secret_id}, {"streams", ended}});
  });
}

}  // namespace tusker::server
