#include "cli/run_session.h"

#include <algorithm>
#include <utility>

#include "proto/link.pb.h"

namespace tusker::cli {

namespace {

constexpr std::size_t kInputWindow = 1 << 20;
constexpr std::size_t kInputPiece = 64 << 10;

}  // namespace

void RunSession::on_message(std::string_view message) {
  if (end_) return;
  link::StreamFrame frame;
  if (!frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    finish({.exit_code = 0, .failure = "the server sent a frame that is not one of this protocol"});
    return;
  }
  switch (frame.kind_case()) {
    case link::StreamFrame::kOutput:
      receive_output(false, std::move(*frame.mutable_output()));
      break;
    case link::StreamFrame::kErrorOutput:
      receive_output(true, std::move(*frame.mutable_error_output()));
      break;
    case link::StreamFrame::kAcknowledged:
      input_taken_ = std::min(std::max(input_taken_, frame.acknowledged()), input_total_);
      break;
    case link::StreamFrame::kExitCode:
      finish({.exit_code = frame.exit_code(), .failure = ""});
      break;
    case link::StreamFrame::kFailure:
      finish({.exit_code = 0,
              .failure = frame.failure().empty() ? "no reason given" : frame.failure()});
      break;
    default:
      break;  // of a newer server: frames that are not known change nothing
  }
}

void RunSession::on_closed(std::string_view reason) {
  if (end_) return;
  finish({.exit_code = 0,
          .failure = reason.empty() ? "the connection broke before the program ended"
                                    : "the connection was closed before the program ended: " +
                                          std::string(reason)});
}

void RunSession::receive_output(bool to_error, std::string bytes) {
  if (bytes.empty()) return;
  unwritten_ += bytes.size();
  peer_.write(to_error, std::move(bytes));
}

void RunSession::written(std::size_t bytes) {
  unwritten_ -= std::min(bytes, unwritten_);
  written_total_ += bytes;
  if (!end_) {
    link::StreamFrame frame;
    frame.set_acknowledged(written_total_);
    peer_.send(frame.SerializeAsString());
  }
  report_if_done();
}

void RunSession::on_input(std::string bytes) {
  if (end_ || input_ended_ || bytes.empty()) return;
  input_total_ += bytes.size();
  link::StreamFrame frame;
  frame.set_input(std::move(bytes));
  peer_.send(frame.SerializeAsString());
}

void RunSession::on_input_end() {
  if (end_ || input_ended_) return;
  input_ended_ = true;
  link::StreamFrame frame;
  frame.set_input_end(true);
  peer_.send(frame.SerializeAsString());
}

void RunSession::on_signal(int number) {
  if (end_) return;
  link::StreamFrame frame;
  frame.set_signal(number);
  peer_.send(frame.SerializeAsString());
}

void RunSession::on_window(std::uint32_t columns, std::uint32_t rows) {
  if (end_) return;
  link::StreamFrame frame;
  frame.mutable_window()->set_columns(columns);
  frame.mutable_window()->set_rows(rows);
  peer_.send(frame.SerializeAsString());
}

std::size_t RunSession::input_room() const {
  const std::uint64_t untaken = input_total_ - input_taken_;
  if (end_ || input_ended_ || untaken >= kInputWindow) return 0;
  return std::min<std::size_t>(kInputPiece, kInputWindow - untaken);
}

void RunSession::finish(RunEnd end) {
  end_ = std::move(end);
  report_if_done();
}

void RunSession::report_if_done() {
  if (!end_ || unwritten_ > 0 || reported_) return;
  reported_ = true;
  peer_.end(*end_);
}

}  // namespace tusker::cli
