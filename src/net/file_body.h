#pragma once

// For src/net only: answers that come from a file.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace tusker {

class WorkerPool;

// Part of a file.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// What a Range header asks for, of a file of `size` bytes (RFC 9110 section 14.2). One range only;
// anything else is ignored, as the RFC allows, and the whole file is sent.
struct RangeChoice {
  enum class Kind { Whole, Part, Unsatisfiable };
  Kind kind = Kind::Whole;
  ByteRange range;
};
RangeChoice choose_range(std::string_view header, std::uint64_t size);

// Opens the file on the pool and calls `done` with the answer to send: 200 or 206 with a source
// that reads it on the pool, 416, or 404 if there is no such regular file. The pool outlives the
// source.
void open_file_response(WorkerPool& pool,
                        HttpResponse response,
                        std::string range,
                        std::function<void(HttpResponse)> done);

}  // namespace tusker
