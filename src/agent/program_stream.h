#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dialled_stream.h"
#include "agent/host_keeper.h"
#include "agent/node_program.h"

namespace tusker {

// A program that a user runs in a node, and its connection. It ends with it.
class ProgramStream final : public DialledStream {
 public:
  // The keeper outlives the stream.
  ProgramStream(Surroundings around,
                std::string id,
                const HostKeeper& keeper,
                link::Exec exec,
                HostKeeper::Running running);

 private:
  void begin() override;
  void receive(std::string_view message) override;
  void hang_up() override;
  void started(Result<std::unique_ptr<NodeProgram>> program);
  void input_taken(std::size_t bytes);

  const HostKeeper& keeper_;
  const link::Exec exec_;
  const HostKeeper::Running running_;
  std::unique_ptr<NodeProgram> program_;
  std::vector<std::string> early_;
  std::size_t early_bytes_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace tusker
