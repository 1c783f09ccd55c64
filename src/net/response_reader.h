#pragma once

// Reading an answer as a client. Pure.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace tusker {

// Takes an answer's bytes as they come, and skips interim ones (1xx). Beast's parser reads them;
// lengths, chunks and ends of connection are its business.
class ResponseReader {
 public:
  struct Options {
    bool head_only = false;  // the answer to HEAD: no body whatever its headers say
    std::size_t max_body_bytes = 0;
    std::function<Status(std::string_view)> on_body;  // for 2xx, instead of HttpReply::body
    bool streams_every_status = false;                // on_body gets the others' bodies as well
  };

  explicit ResponseReader(Options options);
  ~ResponseReader();

  // ResourceExhausted: too large. Corrupt: not HTTP. Or what on_body said.
  Status take(std::string_view bytes);
  // The connection ended; Unavailable if that was too early.
  Status take_end();
  bool done() const;
  bool streaming() const;  // on_body gets what comes
  bool has_head() const;   // of the answer itself: status and headers are known
  const HttpReply& head() const;
  HttpReply reply() &&;

 private:
  class Parser;

  void begin();

  Options options_;
  std::unique_ptr<Parser> parser_;
  std::string unread_;  // the parser wants more before it takes these
};

}  // namespace tusker
