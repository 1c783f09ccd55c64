#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/image_users.h"

namespace tusker {

struct BindMount {
  std::string source;
  std::string destination;  // in the node
  bool read_only = true;
};

// What runc is told about a node. Limits only here: runc writes them for cgroup v1 or v2.
struct ContainerSpec {
  std::string hostname;
  std::string root;               // the overlay
  std::string network_namespace;  // path
  std::string cgroup;
  std::vector<BindMount> mounts;
  std::map<std::string, std::string> environment;
  std::vector<std::string> argv;  // of PID 1
  std::uint64_t memory_bytes = 0;
  bool limit_swap = true;
  std::uint32_t cpu_shares = 0;
  std::uint32_t pids = 0;
  std::uint64_t nofile = 0;
  int oom_score_adj = 0;  // the lowest of any role
};

// config.json of the OCI runtime specification 1.0.2.
std::string container_config(const ContainerSpec& spec);

// One more program in a container, for `runc exec --process`.
struct ProcessSpec {
  ImageUser user;
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string directory = "/";
  bool terminal = false;
  std::uint64_t nofile = 0;
  int oom_score_adj = 0;  // 0: as its node's PID 1
};
std::string process_config(const ProcessSpec& spec);

// What PID 1 and every role and task start from: where programs are, and nothing of the host.
std::map<std::string, std::string> base_environment();

}  // namespace tusker
