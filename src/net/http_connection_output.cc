// The sending half of HttpConnection.

#include <algorithm>
#include <utility>

#include "net/body_source.h"
#include "net/event_loop.h"
#include "net/file_body.h"
#include "net/http_connection.h"
#include "net/response_head.h"

namespace tusker {

namespace {

constexpr std::size_t kCopiedBody = 4 << 10;  // up to here behind the head, into its buffer

}  // namespace

void HttpConnection::answer(HttpResponse response) {
  if (phase_ != Phase::Handling) return;
  if (response.file_path.empty()) return send(std::move(response));
  open_file_response(owner_->file_pool(),
                     std::move(response),
                     std::exchange(current_.range, std::string()),
                     [self = shared_from_this()](HttpResponse opened) {
                       if (self->phase_ == Phase::Handling) self->send(std::move(opened));
                     });
}

void HttpConnection::send(HttpResponse response) {
  if (!has_valid_headers(response)) {
    owner_->log().error("http.response.invalid_header",
                        {{"peer", socket_->peer()}, {"status", response.status}});
    response = HttpResponse(500, "text/plain", "the answer could not be sent\n");
  }
  current_.keep_alive &= !response.close && !owner_->stopping();
  if (response.source) {
    send_source(response);
  } else {
    const ResponseFraming framing{
        response.body.size(), current_.keep_alive, current_.http_1_0, owner_->date()};
    append_response_head(out_, response, framing);
    const bool bodiless = current_.head_only || response.status == 204 || response.status == 304;
    if (bodiless) {
    } else if (response.body.size() <= kCopiedBody) {
      out_ += response.body;
    } else {
      body_ = std::move(response.body);
    }
  }
  flush();
}

void HttpConnection::send_source(HttpResponse& response) {
  chunked_ = !response.source_length && !current_.http_1_0;
  if (!response.source_length && current_.http_1_0) current_.keep_alive = false;
  append_response_head(
      out_,
      response,
      {response.source_length, current_.keep_alive, current_.http_1_0, owner_->date()});
  source_left_ = response.source_length.value_or(UINT64_MAX);
  if (!current_.head_only) source_ = std::move(response.source);
}

// Sends what there is, for as long as the kernel takes it.
void HttpConnection::flush() {
  const auto self = shared_from_this();
  for (;;) {
    if (!flush_buffer()) return;
    if (!source_) return output_done();
    if (!pull()) return;
  }
}

bool HttpConnection::flush_buffer() {
  writing_ = false;
  while (sent_ < out_.size() + body_.size()) {
    const std::size_t of_head = std::min(sent_, out_.size());
    const Io io = socket_->write(std::string_view(out_).substr(of_head),
                                 std::string_view(body_).substr(sent_ - of_head));
    if (io.status == IoStatus::Done) {
      sent_ += io.bytes;
      continue;
    }
    if (io.status == IoStatus::WantRead || io.status == IoStatus::WantWrite) {
      deadline_ = owner_->loop().now() + owner_->options().write_timeout;
      writing_ = true;
      wait(io.status);
    } else {
      close();
    }
    return false;
  }
  deadline_ = Time::max();
  sent_ = 0;
  out_.clear();
  std::string().swap(body_);
  return true;
}

// Asks the source for its next piece. True if it came at once and the connection still stands.
bool HttpConnection::pull() {
  pulling_ = true;
  source_->next([weak = weak_from_this(), serial = ++pull_serial_](Result<std::string> piece) {
    if (const auto self = weak.lock()) self->delivered(serial, std::move(piece));
  });
  pulling_ = false;
  if (!pulled_) return false;
  take_piece(*std::exchange(pulled_, std::nullopt));
  return phase_ == Phase::Handling;
}

void HttpConnection::delivered(std::uint64_t serial, Result<std::string> piece) {
  if (serial != pull_serial_ || !source_ || phase_ != Phase::Handling) return;
  if (pulling_) {
    pulled_.emplace(std::move(piece));
    return;
  }
  take_piece(std::move(piece));
  if (phase_ == Phase::Handling) flush();
}

void HttpConnection::take_piece(Result<std::string> piece) {
  const bool announced = source_left_ != UINT64_MAX;
  const bool ended = piece.ok() && piece->empty();
  const bool wrong_length =
      piece.ok() && announced && (piece->size() > source_left_ || (ended && source_left_ > 0));
  if (!piece.ok() || wrong_length) {
    owner_->log().warn(
        "http.body.failed",
        {{"peer", socket_->peer()},
         {"reason", piece.ok() ? "not as long as announced" : piece.error().message()}});
    // A reset, since an orderly end would make a body without announced length look complete.
    boost::system::error_code ignored;
    socket_->tcp().set_option(boost::asio::socket_base::linger(true, 0), ignored);
    return close();
  }
  if (announced) source_left_ -= piece->size();
  if (chunked_) {
    out_ = ended ? "0\r\n\r\n" : fmt::format("{:x}\r\n", piece->size()) + *piece + "\r\n";
  } else {
    out_ = *std::move(piece);
  }
  if (ended || (announced && source_left_ == 0)) source_.reset();
}

void HttpConnection::output_done() {
  if (current_.keep_alive) return expect_next_request();
  linger();
}

}  // namespace tusker
