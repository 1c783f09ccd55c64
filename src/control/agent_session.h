#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/log.h"
#include "base/sealed.h"
#include "control/agent_link.h"
#include "control/journal.h"

namespace tusker {

constexpr std::uint32_t kLinkProtocol = 1;
constexpr std::chrono::seconds kHeartbeatInterval{2};
constexpr std::chrono::seconds kReconnectSpread{2};
// A link that brings nothing for this long is closed; the agent dials again. So a host that hangs
// is told of within 10 s, and an agent that was only slow is back at once.
constexpr std::chrono::seconds kLinkSilenceLimit{8};
// A desired state not answered for this long is made anew and sent again.
constexpr std::chrono::seconds kDesiredAnswerLimit{10};

// One connected agent: greets it, takes in what it reports, and sends its host's desired state,
// whole, at most one unanswered, the newest winning. A frame leaves when the commit it was made
// from is durable.
//
// Loop thread only. Model, journal, sealer and clock outlive it; it owns its link.
class AgentSession {
 public:
  struct Surroundings {
    Model& model;
    Journal& journal;
    const Sealer& sealer;
    const Clock& clock;
    const Log& log;
    const std::string& version;  // of this program
  };

  // `last_generation` is of this host, kept over its connections: none is ever used twice.
  AgentSession(Surroundings surroundings,
               HostId host,
               std::unique_ptr<AgentLink> link,
               link::Generation& last_generation);
  ~AgentSession();
  AgentSession(const AgentSession&) = delete;
  AgentSession& operator=(const AgentSession&) = delete;

  const HostId& host() const { return host_; }
  bool greeted() const { return greeted_; }
  bool closing() const { return closing_; }

  // Takes in one frame. Yields what it touched in the model. A frame against the protocol closes
  // the link.
  Touched receive(const link::AgentFrame& frame);

  // Sends the host's desired state if it differs from the last one sent and none is unanswered.
  // Cheap when nothing is new.
  void converge();
  // The host's desired state may differ now.
  void desired_may_differ() { stale_ = true; }

  // Asks the agent to dial back with a stream; leaves like every frame when what it was made from
  // is durable.
  void open_stream(const link::OpenStream& request);

  // Closes a silent link, repeats an unanswered desired state. Yields when to be called next.
  Time watch();

  void close(std::string_view reason);

 private:
  void receive_hello(const link::Hello& hello);
  Touched receive_observed(const link::Observed& observed);
  // Our epoch is ahead of what the host has seen, also if the server's data is an old backup.
  void outgrow(const link::Generation& seen);
  link::Generation next_generation();
  void send_when_durable(link::ServerFrame frame);

  Surroundings around_;
  HostId host_;
  std::shared_ptr<AgentLink>
      link_;  // shared with frames that wait for their commit; they hold it weakly
  Time last_frame_;
  bool greeted_ = false;
  bool closing_ = false;
  bool reported_ =
      false;  // the first Observed came: only then is known what generation the host has seen
  bool stale_ = true;
  link::Generation& last_generation_;
  bool unanswered_ = false;  // the last generation
  Time sent_at_{};
  std::string last_sent_;  // the desired state without its generation, serialized
};

}  // namespace tusker
