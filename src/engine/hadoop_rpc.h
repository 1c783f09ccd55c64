#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/exchange.h"

namespace tusker {

// One call of Hadoop RPC, version 9, simple authentication (RpcHeader.proto,
// IpcConnectionContext.proto, ProtobufRpcEngine2).
struct HadoopCall {
  std::string protocol;  // "org.apache.hadoop.hdfs.protocol.ClientProtocol"
  std::uint64_t protocol_version = 1;
  std::string method;   // "refreshNodes"
  std::string request;  // the protobuf message, encoded
  std::string user;     // whom to act as
};

// Names a client for the server's retry cache. To be random, except for calls that change nothing.
using HadoopClientId = std::array<std::uint8_t, 16>;

// Everything that the client sends, from the first byte of the connection on.
std::string encode_call(const HadoopCall& call, const HadoopClientId& client);

// Whether the answer is whole. Corrupt: it claims more than 64 MiB.
Result<bool> is_whole_answer(std::string_view received);

// The encoded protobuf response. FailedPrecondition: the server refused, with class and first line
// of its exception.
Result<std::string> decode_answer(std::string_view received);

// Makes the call. `done` runs on the exchanger's thread.
void call_hadoop(Exchanger& exchanger,
                 const std::string& address,
                 std::uint16_t port,
                 const HadoopCall& call,
                 const HadoopClientId& client,
                 Duration deadline,
                 std::function<void(Result<std::string>)> done);

}  // namespace tusker
