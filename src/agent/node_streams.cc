#include "agent/node_streams.h"

#include <algorithm>
#include <optional>

#include "agent/node_program.h"
#include "agent/text.h"
#include "net/http_client.h"
#include "net/websocket.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxStreams = 128;
// Of a user's input that the program has not taken. A sender that keeps to its window of 1 MiB
// never comes near it.
constexpr std::size_t kMaxInput = 4 << 20;
// Users' programs end before any role when memory runs out.
constexpr int kOomScore = 500;

bool is_stream_id(std::string_view id) {
  return id.size() == 32 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Blocks: reads the image's users.
Result<NodeProgramSpec> spec_of(const link::Exec& exec,
                                const link::Node& node,
                                const std::string& image_root) {
  TK_TRY(const ImageUsers users, ImageUsers::read(image_root));
  NodeProgramSpec spec;
  TK_TRY(spec.process.user, users.find(exec.user()));
  spec.process.argv.assign(exec.argv().begin(), exec.argv().end());
  if (exec.argv().empty())
    spec.process.argv = {spec.process.user.shell.empty() ? "/bin/sh" : spec.process.user.shell,
                         "-l"};
  spec.process.environment = base_environment();
  for (const auto& [name, value] : node.environment()) spec.process.environment[name] = value;
  spec.process.environment["HOME"] = spec.process.user.home;
  spec.process.environment["USER"] = spec.process.user.name;
  if (exec.terminal()) spec.process.environment["TERM"] = "xterm-256color";
  for (const auto& [name, value] : exec.environment()) spec.process.environment[name] = value;
  spec.process.directory = exec.directory().empty() ? spec.process.user.home : exec.directory();
  spec.process.terminal = exec.terminal();
  spec.process.oom_score_adj = kOomScore;
  spec.columns = exec.columns();
  spec.rows = exec.rows();
  return spec;
}

}  // namespace

// One program and its connection. The connection comes first: nothing is run for nobody.
class NodeStreams::Stream {
 public:
  Stream(NodeStreams& owner, std::string id) : owner_(owner), id_(std::move(id)) {}

  void dial(link::Exec exec, HostKeeper::Running running) {
    call_ =
        connect_websocket(owner_.loop_,
                          owner_.server_.call("/stream/" + id_),
                          WebSocketOptions{},
                          [this, exec = std::move(exec), running = std::move(running)](
                              Result<WebSocketAnswer> answer) {
                            if (!answer.ok() || !answer->socket) {
                              owner_.log_.warn("stream.not_joined", {{"stream", id_.substr(0, 8)}});
                              return owner_.ended(id_);
                            }
                            socket_ = std::move(answer->socket);
                            start(exec, running);
                          });
  }

 private:
  void start(const link::Exec& exec, const HostKeeper::Running& running) {
    socket_->start({.on_message = [this](std::string_view message, bool) { receive(message); },
                    .on_close = [this](const WebSocketClose&) { hang_up(); },
                    .on_drained = nullptr});
    const HostKeeper& keeper = owner_.keeper_;
    const link::Node& node = running.order->node;
    const std::string image = keeper.artifacts().path(running.order->artifacts.at(node.image()));
    owner_.workers_.submit(
        [exec,
         running,
         image,
         id = id_,
         &runc = keeper.runc(),
         layout = NodeLayout(keeper.host(), node.id())]() -> Result<std::unique_ptr<NodeProgram>> {
          TK_TRY(const NodeProgramSpec spec, spec_of(exec, running.order->node, image));
          return NodeProgram::start(runc, layout, id, spec);
        },
        [owner = &owner_, id = id_](Result<std::unique_ptr<NodeProgram>> program) {
          const auto found = owner->streams_.find(id);
          if (found != owner->streams_.end()) found->second->started(std::move(program));
        });
  }

  void started(Result<std::unique_ptr<NodeProgram>> program) {
    if (!program.ok()) {
      return give_up(as_message_text(program.error().message(), 500));
    }
    program_ = *std::move(program);
    program_->attach(
        owner_.loop_,
        {.on_output = [this](std::string bytes,
                             bool to_error) { send_output(std::move(bytes), to_error); },
         .on_input_taken = [this](std::size_t bytes) { input_taken(bytes); },
         .on_end =
             [this](int exit_code) {
               link::StreamFrame frame;
               frame.set_exit_code(exit_code);
               finish(frame);
             }});
    for (const std::string& message : early_) receive(message);
    early_.clear();
    if (hung_up_) program_->hang_up();
  }

  void receive(std::string_view message) {
    if (!program_) {
      early_bytes_ += message.size();
      if (early_bytes_ > kMaxInput)
        return give_up("more than 4 MiB of input were sent before the program was there");
      early_.emplace_back(message);
      return;
    }
    link::StreamFrame frame;
    if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
    switch (frame.kind_case()) {
      case link::StreamFrame::kInput:
        received_ += frame.input().size();
        if (received_ - taken_ > kMaxInput)
          return give_up("more than 4 MiB of input were sent that the program has not taken");
        return program_->write(std::move(*frame.mutable_input()));
      case link::StreamFrame::kInputEnd:
        return program_->end_input();
      case link::StreamFrame::kSignal:
        if (frame.signal() > 0 && frame.signal() < 65) program_->signal(frame.signal());
        return;
      case link::StreamFrame::kWindow:
        return program_->resize(frame.window().columns(), frame.window().rows());
      case link::StreamFrame::kAcknowledged:
        return program_->acknowledge(frame.acknowledged());
      default:
        return;
    }
  }

  void input_taken(std::size_t bytes) {
    taken_ += bytes;
    if (!socket_) return;
    link::StreamFrame frame;
    frame.set_acknowledged(taken_);
    socket_->send_binary(frame.SerializeAsString());
  }

  void give_up(const std::string& why) {
    link::StreamFrame frame;
    frame.set_failure(why);
    finish(frame);
  }

  void send_output(std::string bytes, bool to_error) {
    if (!socket_) return;
    link::StreamFrame frame;
    if (to_error) {
      frame.set_error_output(std::move(bytes));
    } else {
      frame.set_output(std::move(bytes));
    }
    socket_->send_binary(frame.SerializeAsString());
  }

  void hang_up() {
    hung_up_ = true;
    if (program_) program_->hang_up();
  }

  void finish(const link::StreamFrame& last) {
    if (socket_ && !hung_up_) {
      socket_->send_binary(last.SerializeAsString());
      socket_->close(1000, "");
    }
    owner_.ended(id_);
  }

  NodeStreams& owner_;
  const std::string id_;
  PendingCall call_;
  std::unique_ptr<WebSocket> socket_;
  std::unique_ptr<NodeProgram> program_;
  std::vector<std::string> early_;
  std::size_t early_bytes_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t taken_ = 0;
  bool hung_up_ = false;
};

NodeStreams::NodeStreams(EventLoop& loop,
                         const HostKeeper& keeper,
                         ServerPort server,
                         Log log,
                         std::function<void(const link::StreamEnd&)> refuse)
    : loop_(loop),
      keeper_(keeper),
      server_(std::move(server)),
      log_(std::move(log)),
      refuse_(std::move(refuse)),
      workers_(loop, "tk-stream", 2) {}

NodeStreams::~NodeStreams() = default;

void NodeStreams::open(const link::OpenStream& request) {
  link::StreamEnd refusal;
  refusal.set_id(request.id());
  const Result<HostKeeper::Running> running = keeper_.running(request.node_id());
  if (!is_stream_id(request.id()) || streams_.count(request.id()) > 0) {
    refusal.set_failure("the stream's id is not a new one");
  } else if (!request.has_exec()) {
    refusal.set_failure("this agent does not know this kind of stream");
  } else if (streams_.size() >= kMaxStreams) {
    refusal.set_failure(
        fmt::format("{} programs of users run on this host already; end one first", kMaxStreams));
  } else if (!running.ok()) {
    refusal.set_failure(running.error().message());
  }
  if (!refusal.failure().empty()) return refuse_(refusal);
  const auto stream = std::make_shared<Stream>(*this, request.id());
  streams_.emplace(request.id(), stream);
  stream->dial(request.exec(), *running);
}

// Later: the stream that ends is still in one of its own functions.
void NodeStreams::ended(const std::string& id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  loop_.post([stream = std::move(found->second)] {});
  streams_.erase(found);
}

}  // namespace tusker
