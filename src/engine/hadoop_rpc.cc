#include "engine/hadoop_rpc.h"

#include <optional>

namespace tusker {
namespace {

// Call ids that the protocol reserves (RpcConstants): the connection's context travels as a call of
// its own.
constexpr std::int32_t kContextCallId = -3;
constexpr std::int32_t kCallId = 0;
constexpr std::size_t kMaxAnswer = 64 << 20;

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void put_number(std::string& out, unsigned field, std::uint64_t value) {
  put_varint(out, field << 3);
  put_varint(out, value);
}

void put_bytes(std::string& out, unsigned field, std::string_view value) {
  put_varint(out, field << 3 | 2);
  put_varint(out, value.size());
  out += value;
}

std::uint32_t zigzag(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}

std::string delimited(const std::string& message) {
  std::string out;
  put_varint(out, message.size());
  return out + message;
}

// RpcRequestHeaderProto: rpcKind, rpcOp, callId, clientId, retryCount.
std::string request_header(std::int32_t call_id, const HadoopClientId& client) {
  constexpr std::uint64_t kProtobuf = 2;
  constexpr std::uint64_t kFinalPacket = 0;
  std::string out;
  put_number(out, 1, kProtobuf);
  put_number(out, 2, kFinalPacket);
  put_number(out, 3, zigzag(call_id));
  put_bytes(out, 4, {reinterpret_cast<const char*>(client.data()), client.size()});
  put_number(out, 5, zigzag(-1));
  return out;
}

std::string framed(const std::string& payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
  return out + payload;
}

std::uint32_t frame_length(std::string_view received) {
  std::uint32_t length = 0;
  for (int i = 0; i < 4; ++i)
    length = length << 8 | static_cast<std::uint8_t>(received[static_cast<std::size_t>(i)]);
  return length;
}

// Reads protobuf's wire form; every step is checked.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }
  std::optional<std::string_view> bytes() {
    const auto size = varint();
    if (!size || *size > bytes_.size()) return std::nullopt;
    return take(static_cast<std::size_t>(*size));
  }
  bool skip(unsigned wire_type) {
    switch (wire_type) {
      case 0:
        return varint().has_value();
      case 1:
        return bytes_.size() >= 8 && (take(8), true);
      case 2:
        return bytes().has_value();
      case 5:
        return bytes_.size() >= 4 && (take(4), true);
      default:
        return false;
    }
  }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  std::string_view bytes_;
};

// RpcResponseHeaderProto, as far as we use it.
struct ResponseHeader {
  std::uint64_t status = 0;  // 0 success, 1 error, 2 fatal
  std::string exception;
  std::string message;
};

std::optional<ResponseHeader> read_header(std::string_view bytes) {
  ResponseHeader header;
  Reader reader(bytes);
  while (!reader.at_end()) {
    const auto key = reader.varint();
    if (!key) return std::nullopt;
    const auto field = *key >> 3;
    const auto type = static_cast<unsigned>(*key & 7);
    if (field == 2 && type == 0) {
      const auto status = reader.varint();
      if (!status) return std::nullopt;
      header.status = *status;
    } else if ((field == 4 || field == 5) && type == 2) {
      const auto text = reader.bytes();
      if (!text) return std::nullopt;
      (field == 4 ? header.exception : header.message) = *text;
    } else if (!reader.skip(type)) {
      return std::nullopt;
    }
  }
  return header;
}

}  // namespace

std::string encode_call(const HadoopCall& call, const HadoopClientId& client) {
  std::string user;
  put_bytes(user, 1, call.user);
  std::string context;  // IpcConnectionContextProto
  put_bytes(context, 2, user);
  put_bytes(context, 3, call.protocol);
  std::string header;  // RequestHeaderProto
  put_bytes(header, 1, call.method);
  put_bytes(header, 2, call.protocol);
  put_number(header, 3, call.protocol_version);

  // "hrpc", version 9, service class 0, no SASL.
  return std::string("hrpc\x09\0\0", 7) +
         framed(delimited(request_header(kContextCallId, client)) + delimited(context)) +
         framed(delimited(request_header(kCallId, client)) + delimited(header) +
                delimited(call.request));
}

Result<bool> is_whole_answer(std::string_view received) {
  if (received.size() < 4) return false;
  const std::size_t length = frame_length(received);
  if (length > kMaxAnswer) {
    return Error::make(
        ErrorCode::Corrupt, "expected an answer of Hadoop RPC, found one of {} bytes", length);
  }
  return received.size() - 4 >= length;
}

Result<std::string> decode_answer(std::string_view received) {
  const Error corrupt(ErrorCode::Corrupt, "expected an answer of Hadoop RPC, found other bytes");
  if (received.size() < 4 || received.size() - 4 < frame_length(received)) return corrupt;
  Reader reader(received.substr(4, frame_length(received)));
  const auto header_bytes = reader.bytes();
  const auto header = header_bytes ? read_header(*header_bytes) : std::nullopt;
  if (!header) return corrupt;
  if (header->status != 0) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{}: {}",
                       header->exception.empty() ? "refused" : header->exception,
                       header->message.substr(0, header->message.find('\n')));
  }
  const auto body = reader.bytes();
  if (!body) return corrupt;
  return std::string(*body);
}

void call_hadoop(Exchanger& exchanger,
                 const std::string& address,
                 std::uint16_t port,
                 const HadoopCall& call,
                 const HadoopClientId& client,
                 Duration deadline,
                 std::function<void(Result<std::string>)> done) {
  Exchange exchange;
  exchange.address = address;
  exchange.port = port;
  exchange.request = encode_call(call, client);
  exchange.complete = [](std::string_view received, bool) { return is_whole_answer(received); };
  exchange.deadline = deadline;
  exchange.limit = kMaxAnswer + 4;
  exchanger.start(std::move(exchange), [done = std::move(done)](Result<std::string> received) {
    if (!received.ok()) return done(std::move(received));
    done(decode_answer(*received));
  });
}

}  // namespace tusker
