#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/exchange.h"

namespace tusker {

// What an engine's page answered.
struct EnginePage {
  int status = 0;
  std::string body;
};

// The request for one page, on a connection that ends after it. InvalidArgument: the path has a
// space or control character.
Result<std::string> encode_get(const std::string& address,
                               std::uint16_t port,
                               std::string_view path);

// Follows an HTTP/1.1 answer (RFC 9112: by length, chunked, or to the end of the connection) as it
// arrives. Corrupt: not HTTP.
class HttpAnswer {
 public:
  // `received` is everything so far, from the first byte on. True: whole.
  Result<bool> advance(std::string_view received, bool ended);
  // After advance() said true.
  EnginePage take() { return std::move(page_); }

 private:
  enum class Body { Unknown, Length, Chunked, ToEnd };
  Result<bool> read_head(std::string_view received);
  Status read_field(std::string_view line);
  Result<bool> read_chunks(std::string_view received);

  Body body_ = Body::Unknown;
  std::size_t at_ = 0;  // where the body, or its next chunk, begins
  std::size_t length_ = 0;
  bool length_known_ = false;
  bool chunked_ = false;
  EnginePage page_;
};

// GET path. `done` runs on the exchanger's thread. Any status is a success; errors as those of
// Exchanger::start, and Corrupt.
void get_page(Exchanger& exchanger,
              const std::string& address,
              std::uint16_t port,
              std::string_view path,
              Duration deadline,
              std::function<void(Result<EnginePage>)> done);

}  // namespace tusker
