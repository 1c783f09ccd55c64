#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tusker::cli {

// How a program in a node ended: its exit code, or why it could not be started or was lost.
struct RunEnd {
  int exit_code = 0;
  std::string failure;  // not empty: exit_code means nothing
};

// Our end of a stream to a program in a node: frames in, frames out (link.StreamFrame), no sockets
// and no descriptors.
//
// Input stops being wanted while the program has not taken 1 MiB of it; output is acknowledged only
// when it was written, so that the sender keeps at most 1 MiB on the way.
class RunSession final {
 public:
  struct Peer {
    std::function<void(std::string frame)> send;
    // Writes to standard output or error, in order; written() is called when the bytes have gone.
    std::function<void(bool to_error, std::string bytes)> write;
    std::function<void(RunEnd)> end;  // last, once, when all output has been written
  };

  explicit RunSession(Peer peer) : peer_(std::move(peer)) {}

  // From the other side.
  void on_message(std::string_view message);
  void on_closed(std::string_view reason);

  // From this side.
  void on_input(std::string bytes);
  void on_input_end();
  void on_signal(int number);
  void on_window(std::uint32_t columns, std::uint32_t rows);
  // This many bytes of output have left the process.
  void written(std::size_t bytes);

  // How much a reader of standard input may read now. 0: wait for the next message.
  std::size_t input_room() const;
  bool ended() const { return end_.has_value(); }

 private:
  void receive_output(bool to_error, std::string bytes);
  void finish(RunEnd end);
  void report_if_done();

  Peer peer_;
  std::size_t unwritten_ = 0;
  std::uint64_t written_total_ = 0;
  std::uint64_t input_total_ = 0;
  std::uint64_t input_taken_ = 0;
  bool input_ended_ = false;
  bool reported_ = false;
  std::optional<RunEnd> end_;
};

}  // namespace tusker::cli
