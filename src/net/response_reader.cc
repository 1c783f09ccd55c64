#include "net/response_reader.h"

#include <boost/asio/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <utility>

namespace tusker {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::uint32_t kMaxHead = 64 << 10;

}  // namespace

class ResponseReader::Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(Options& options) : options_(options) {
    eager(true);
    header_limit(kMaxHead);
    body_limit(boost::none);  // take_body() counts
    skip(options.head_only);
  }

  HttpReply reply;
  std::optional<Error> refused;  // by take_body
  bool interim() const { return reply.status >= 100 && reply.status < 200 && reply.status != 101; }
  bool streams() const {
    return options_.on_body && (options_.streams_every_status || reply.status / 100 == 2);
  }

 private:
  void on_response_impl(int code, boost::beast::string_view, int, error_code&) override {
    reply.status = code;
  }
  void on_field_impl(http::field,
                     boost::beast::string_view name,
                     boost::beast::string_view value,
                     error_code&) override {
    reply.headers.emplace_back(std::string(name.data(), name.size()),
                               std::string(value.data(), value.size()));
  }
  std::size_t on_body_impl(boost::beast::string_view body, error_code& failure) override {
    return take_body({body.data(), body.size()}, failure);
  }
  std::size_t on_chunk_body_impl(std::uint64_t,
                                 boost::beast::string_view body,
                                 error_code& failure) override {
    return take_body({body.data(), body.size()}, failure);
  }
  void on_request_impl(
      http::verb, boost::beast::string_view, boost::beast::string_view, int, error_code&) override {
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  std::size_t take_body(std::string_view body, error_code& failure) {
    received_ += body.size();
    if (received_ > options_.max_body_bytes) {
      refused = Error::make(ErrorCode::ResourceExhausted,
                            "the answer is larger than {} bytes",
                            options_.max_body_bytes);
    } else if (!streams()) {
      reply.body += body;
    } else if (Status status = options_.on_body(body); !status.ok()) {
      refused = std::move(status).error();
    }
    if (refused) failure = boost::asio::error::operation_aborted;
    return body.size();
  }

  Options& options_;
  std::uint64_t received_ = 0;
};

ResponseReader::ResponseReader(Options options) : options_(std::move(options)) {
  begin();
}
ResponseReader::~ResponseReader() = default;

void ResponseReader::begin() {
  parser_ = std::make_unique<Parser>(options_);
}

Status ResponseReader::take(std::string_view bytes) {
  unread_ += bytes;
  while (!unread_.empty() && !done()) {
    error_code failure;
    const std::size_t n =
        parser_->put(boost::asio::const_buffer(unread_.data(), unread_.size()), failure);
    unread_.erase(0, n);
    if (parser_->refused) return *parser_->refused;
    if (failure && failure != http::error::need_more) {
      return Error::make(ErrorCode::Corrupt, "the answer is not HTTP: {}", failure.message());
    }
    if (parser_->is_done() && parser_->interim()) {
      begin();
      continue;
    }
    if (failure) break;
  }
  return ok_status();
}

Status ResponseReader::take_end() {
  error_code failure;
  if (!done() && parser_->got_some()) parser_->put_eof(failure);
  if (done()) return ok_status();
  return Error(ErrorCode::Unavailable,
               "the server closed the connection before its answer was complete");
}

bool ResponseReader::done() const {
  return parser_->is_done() && !parser_->interim();
}
bool ResponseReader::streaming() const {
  return parser_->is_header_done() && parser_->streams();
}
bool ResponseReader::has_head() const {
  return parser_->is_header_done() && !parser_->interim();
}
const HttpReply& ResponseReader::head() const {
  return parser_->reply;
}
HttpReply ResponseReader::reply() && {
  return std::move(parser_->reply);
}

}  // namespace tusker
