#include "agent/dialled_stream.h"

namespace tusker {

void DialledStream::dial() {
  call_ = connect_websocket(
      around_.loop,
      around_.server.call("/stream/" + id_),
      WebSocketOptions{},
      [this](Result<WebSocketAnswer> answer) {
        if (!answer.ok() || !answer->socket) {
          around_.log.warn("stream.not_joined", {{"stream", id_.substr(0, 8)}});
          return around_.ended(id_);
        }
        socket_ = std::move(answer->socket);
        socket_->start({.on_message = [this](std::string_view message, bool) { receive(message); },
                        .on_close =
                            [this](const WebSocketClose&) {
                              hung_up_ = true;
                              hang_up();
                            },
                        .on_drained = nullptr});
        begin();
      });
}

void DialledStream::send(const link::StreamFrame& frame) {
  if (socket_) socket_->send_binary(frame.SerializeAsString());
}

void DialledStream::send_output(std::string bytes, bool to_error) {
  link::StreamFrame frame;
  if (to_error) {
    frame.set_error_output(std::move(bytes));
  } else {
    frame.set_output(std::move(bytes));
  }
  send(frame);
}

void DialledStream::finish(const link::StreamFrame& last) {
  if (socket_ && !hung_up_) {
    send(last);
    socket_->close(1000, "");
  }
  around_.ended(id_);
}

void DialledStream::finish_with(int exit_code) {
  link::StreamFrame frame;
  frame.set_exit_code(exit_code);
  finish(frame);
}

void DialledStream::give_up(const std::string& why) {
  link::StreamFrame frame;
  frame.set_failure(why);
  finish(frame);
}

}  // namespace tusker
