#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tusker {
enum class CommitNumber : std::uint64_t;  // store/store.h
}

namespace tusker::api {

// One header as received: name in the sender's case, value without surrounding white space.
struct Header {
  std::string_view name;
  std::string_view value;
};

// One HTTP request, already parsed and within the network's own limits. Borrowed: everything has to
// live until handle() returns, nothing longer.
struct ApiRequest {
  std::string_view method;  // as received: "POST"
  std::string_view path;    // of the target, undecoded; plays no part in signatures
  std::string_view
      query;  // after '?', undecoded and in the sender's order; empty when there is none
  std::span<const Header> headers;  // in the order received
  std::string_view body;
  std::string_view peer;  // the caller's address, for the operation log: "127.0.0.1"
};

// The first header of this name, compared without case; empty when there is none.
std::string_view find_header(std::span<const Header> headers, std::string_view name);

// What to send. An error of the API has status 200 too: clients take anything else for a fault of
// transport.
struct ApiReply {
  int status = 200;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // literals
  std::string body;
  // The number that memory had when this was made: it may leave only when that commit is durable
  // (Journal::when_durable).
  CommitNumber after_commit{};
};

// Called once for each request, on the loop; during handle() or later.
using ReplyCallback = std::function<void(ApiReply)>;

}  // namespace tusker::api
