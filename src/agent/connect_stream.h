#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/dialled_stream.h"
#include "net/tcp_client.h"

namespace tusker {

// Bytes between the server and a TCP port of a node, read by neither this nor the server's relay.
// Which port may be reached is the server's decision.
//
// Reading stops while the server owes acknowledgements for 1 MiB, and what it sends is acknowledged
// when the node has taken it, so neither side fills memory here.
class ConnectStream final : public DialledStream {
 public:
  ConnectStream(Surroundings around, std::string id, std::string address, std::uint16_t port);

 private:
  void begin() override;
  void receive(std::string_view message) override;
  void hang_up() override;
  void pass_on(std::string_view bytes);
  void node_took(std::size_t bytes);
  void ended(const Status& status);

  const std::string address_;
  const std::uint16_t port_;
  std::unique_ptr<TcpClient> node_;  // null: not begun, or ended
  std::uint64_t sent_ = 0;           // to the server
  std::uint64_t acknowledged_ = 0;
  std::uint64_t received_ = 0;  // from the server
  std::uint64_t taken_ = 0;     // of that, by the node
};

}  // namespace tusker
