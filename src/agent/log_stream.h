#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/dialled_stream.h"
#include "agent/role_log.h"

namespace tusker {

// A role's log on its way to a user: its last lines, then what is written, if it is followed.
//
// Reading stops while the user owes acknowledgements for 1 MiB, so a slow reader fills no memory.
class LogStream final : public DialledStream {
 public:
  // `node_logs`: the node's folder of logs. The role's name was checked.
  LogStream(Surroundings around, std::string id, std::string node_logs, link::Tail tail);

 private:
  using OpenedLog = std::shared_ptr<RoleLog>;

  void begin() override;
  void receive(std::string_view message) override;
  void hang_up() override;
  void pump();
  void took(Result<std::string> bytes);

  const std::string node_logs_;
  const link::Tail tail_;
  OpenedLog log_;         // of the worker while it reads
  bool reading_ = false;  // a worker is
  bool ended_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  Timer again_;
};

}  // namespace tusker
