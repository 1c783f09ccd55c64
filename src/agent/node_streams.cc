#include "agent/node_streams.h"

#include <algorithm>

#include "agent/connect_stream.h"
#include "agent/log_stream.h"
#include "agent/program_stream.h"
#include "agent/service_scripts.h"
#include "base/ids.h"

namespace tusker {
namespace {

constexpr std::size_t kMaxStreams = 128;

bool is_stream_id(std::string_view id) {
  return id.size() == 32 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

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
  Result<Opened> stream = make(request);
  if (!stream.ok()) {
    link::StreamEnd refusal;
    refusal.set_id(request.id());
    refusal.set_failure(stream.error().message());
    return refuse_(refusal);
  }
  streams_.emplace(request.id(), *stream);
  (*stream)->dial();
}

Result<NodeStreams::Opened> NodeStreams::make(const link::OpenStream& request) {
  const auto refused = [](std::string why) {
    return Error(ErrorCode::FailedPrecondition, std::move(why));
  };
  if (!is_stream_id(request.id()) || streams_.count(request.id()) > 0)
    return refused("the stream's id is not a new one");
  if (streams_.size() >= kMaxStreams)
    return refused(fmt::format("{} streams of users are open on this host already; end one first",
                               kMaxStreams));
  DialledStream::Surroundings around{
      loop_, server_, log_, workers_, [this](const std::string& id) { ended(id); }};
  if (request.has_exec()) {
    TK_TRY(HostKeeper::Running running, keeper_.running(request.node_id()));
    return Opened(std::make_shared<ProgramStream>(
        std::move(around), request.id(), keeper_, request.exec(), std::move(running)));
  }
  if (request.has_connect()) {
    TK_TRY(const HostKeeper::Running running, keeper_.running(request.node_id()));
    if (request.connect().port() == 0 || request.connect().port() > 65535)
      return refused("a TCP port is between 1 and 65535");
    return Opened(
        std::make_shared<ConnectStream>(std::move(around),
                                        request.id(),
                                        running.order->node.address(),
                                        static_cast<std::uint16_t>(request.connect().port())));
  }
  if (!request.has_tail()) return refused("this agent does not know this kind of stream");
  // Both become part of a path.
  if (!is_node_id(request.node_id()) || !is_log_name(request.tail().role()))
    return refused("the node or role has no such name");
  return Opened(std::make_shared<LogStream>(
      std::move(around), request.id(), keeper_.host().logs(request.node_id()), request.tail()));
}

// Later: the stream that ends is still in one of its own functions.
void NodeStreams::ended(const std::string& id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  loop_.post([stream = std::move(found->second)] {});
  streams_.erase(found);
}

}  // namespace tusker
