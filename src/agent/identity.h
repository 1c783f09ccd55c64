#pragma once

#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "net/certificate.h"

namespace tusker {

// Who this agent is, since it joined: agent.json (host id, installation), agent.crt, agent.key
// (0600, never leaves the host), ca.crt.
struct AgentIdentity {
  std::string host_id;       // UUID
  std::string installation;  // UUID
  TlsIdentity tls;
  std::string ca_pem;  // whom to trust
};

// Nothing: it has not joined. Blocks.
Result<std::optional<AgentIdentity>> load_agent_identity(const std::string& folder);
// agent.json is written last: what is found later is complete.
Status save_agent_identity(const std::string& folder, const AgentIdentity& identity);

// The host id alone; empty if it has not joined.
Result<std::string> load_host_id(const std::string& folder);

// Held as long as it lives: no second agent, and no purge, on this data folder. Busy: somebody has
// it.
Result<UniqueFd> lock_agent_folder(const std::string& folder);

}  // namespace tusker
