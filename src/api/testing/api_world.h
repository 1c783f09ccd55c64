#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/service.h"
#include "api/sign.h"
#include "base/random.h"
#include "base/testing/fake_clock.h"
#include "control/controller.h"
#include "control/installation.h"
#include "pages/page_access.h"
#include "plan/definitions.h"
#include "store/testing/sim_store.h"

namespace tusker::api {

// Wakes nobody by itself; a test that needs time to pass calls fire().
class HandTimers final : public Timers {
 public:
  void call_at(Time when, std::function<void()> wake) override {
    calls_.emplace(when, std::move(wake));
  }
  void fire(Time now) {
    while (!calls_.empty() && calls_.begin()->first <= now) {
      const std::function<void()> wake = std::move(calls_.begin()->second);
      calls_.erase(calls_.begin());
      wake();
    }
  }

 private:
  std::multimap<Time, std::function<void()>> calls_;
};

// An HTTP request that owns its bytes, so that a test may change any of them before it is sent.
struct RawRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  void set(std::string_view name, std::string value);
  void drop(std::string_view name);
};

// An answer taken apart.
struct Answered {
  ApiReply reply;
  std::string code;     // of the error; empty: success
  std::string message;  // likewise
  std::string body() const { return reply.body; }
};

// The API over the real model, control and planner, with a store in memory, one connected host of
// 256 GB and the bundles that EMR-V5.0.0 needs. No agent does anything: clusters stay in creation
// until a test says otherwise.
class ApiWorld {
 public:
  explicit ApiWorld(ApiOptions options = {.rate_limit = false, .region = "ap-guangzhou"});
  ~ApiWorld();

  // A request signed as the SDKs do.
  RawRequest signed_request(std::string_view action, std::string_view json) const;
  // Signs again, after a test changed body or host.
  void sign(RawRequest& request) const;

  Answered send(const RawRequest& request);
  // Signed, sent, answered.
  Answered call(std::string_view action, std::string_view json) {
    return send(signed_request(action, json));
  }

  // A CreateInstance body that works, with `more` after its members: ", \"ClientToken\": \"a\"".
  static std::string create_body(std::string_view name, std::string_view more = "");
  // Creates one and gives its id.
  std::string create(std::string_view name, std::string_view more = "");

  // Its create is done, as if its hosts had reported everything.
  void finish_flow(const std::string& cluster_id);

  // The host reports these nodes, as all that there is of them.
  void report_nodes(const std::vector<link::NodeStatus>& nodes);
  // It reports that nothing of its nodes is there any more but these logs.
  void report_kept_logs(const std::vector<link::KeptLogs>& kept);

  // It reports these, which nobody knows, and nothing else.
  void report_orphans(const std::vector<link::Orphan>& orphans);

  // The host carries out what it was last told to remove, and says so.
  void report_removed();

  // The host reports every node that it is told of as running and its processes as ready, but for
  // what `change` makes of each.
  using NodeChange = std::function<void(link::NodeStatus& node)>;
  void report_running(const NodeChange& change = [](link::NodeStatus&) {});

  // What it was told last to remove.
  std::vector<std::string> told_to_remove() const {
    return {desired_.removed().begin(), desired_.removed().end()};
  }

  // Its agent's connection ends.
  void disconnect_host();

  // The operation log, newest first, as "CreateInstance: accepted…".
  std::vector<std::string> operations();

  FakeClock clock;
  SeededRandom random{7};
  SimDisk disk;
  SimStore store{disk};
  Model model;
  Sealer sealer = Sealer::for_test();
  Journal journal{model, store};
  HandTimers timers;
  PageAccess page_access{model, clock, random};
  Definitions definitions;
  RootKey key;
  HostId host;
  std::unique_ptr<Controller> controller;
  std::unique_ptr<ApiService> api;

 private:
  class Link;

  void add_bundles();
  void connect_host();
  // What it reports in report_running().
  link::AgentFrame running(const NodeChange& change) const;

  link::Desired desired_;  // what the host was told last
  AgentConnection connection_{};
};

// The version under which an action is called: ours for our own.
std::string_view version_of(std::string_view action);

}  // namespace tusker::api
