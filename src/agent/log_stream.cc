#include "agent/log_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace tusker {
namespace {

constexpr std::size_t kPiece = 64 << 10;
constexpr std::uint64_t kWindow = 1 << 20;
// How soon a line is seen that was written: a read of a file that has nothing new costs
// microseconds.
constexpr Duration kLookAgain = std::chrono::milliseconds(200);

}  // namespace

LogStream::LogStream(Surroundings around, std::string id, std::string node_logs, link::Tail tail)
    : DialledStream(std::move(around), std::move(id)),
      node_logs_(std::move(node_logs)),
      tail_(std::move(tail)) {}

void LogStream::begin() {
  reading_ = true;
  on_worker(
      this,
      [folder = node_logs_, tail = tail_]() -> Result<OpenedLog> {
        TK_TRY(RoleLog log, RoleLog::open(folder, tail.role(), tail.lines()));
        return std::make_shared<RoleLog>(std::move(log));
      },
      [](LogStream& stream, Result<OpenedLog> log) {
        stream.reading_ = false;
        if (stream.ended_) return;
        if (!log.ok()) {
          stream.ended_ = true;
          return stream.give_up(log.error().code() == ErrorCode::NotFound
                                    ? fmt::format("{} has no log on this host", stream.tail_.role())
                                    : as_message_text(log.error().message(), 500));
        }
        stream.log_ = *std::move(log);
        stream.pump();
      });
}

void LogStream::pump() {
  if (!log_ || reading_ || ended_ || again_.pending() || sent_ - acknowledged_ >= kWindow) return;
  reading_ = true;
  on_worker(
      this,
      [log = log_] { return log->read(kPiece); },
      [](LogStream& stream, Result<std::string> bytes) {
        stream.reading_ = false;
        if (!stream.ended_) stream.took(std::move(bytes));
      });
}

void LogStream::took(Result<std::string> bytes) {
  if (!bytes.ok()) {
    ended_ = true;
    return give_up(as_message_text(bytes.error().message(), 500));
  }
  if (log_->take_gap()) {
    std::string note = "tusker: some of the log was rotated away before it was read\n";
    sent_ += note.size();
    send_output(std::move(note), true);
  }
  if (!bytes->empty()) {
    sent_ += bytes->size();
    send_output(*std::move(bytes), false);
    return pump();
  }
  if (tail_.follow()) {
    again_ = around().loop.after(kLookAgain, [this] { pump(); });
    return;
  }
  ended_ = true;
  finish_with(0);
}

void LogStream::receive(std::string_view message) {
  link::StreamFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
  if (frame.kind_case() != link::StreamFrame::kAcknowledged) return;
  acknowledged_ = std::clamp(frame.acknowledged(), acknowledged_, sent_);
  pump();
}

void LogStream::hang_up() {
  if (std::exchange(ended_, true)) return;
  again_.cancel();
  finish({});
}

}  // namespace tusker
