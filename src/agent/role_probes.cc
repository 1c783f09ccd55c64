#include "agent/role_probes.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/hadoop_rpc.h"
#include "engine/http_get.h"
#include "engine/open_files.h"
#include "engine/zookeeper.h"

namespace tusker {
namespace {

// A daemon that starts may need long for its first answer; one that was ready and hangs is told of
// within 10 s: the pause before it is asked, and as many questions as it may leave unanswered.
constexpr Duration kStartingDeadline = std::chrono::seconds(5);
constexpr Duration kReadyDeadline = std::chrono::milliseconds(1500);
constexpr std::uint32_t kDefaultIntervalMs = 3000;
constexpr std::uint32_t kDefaultStartingMs = 250;
constexpr std::uint32_t kShortestMs = 50;
constexpr int kUnansweredLimit = 3;

using Answer = std::function<void(Result<Facts>)>;

// Of each kind of probe: where it is asked, in words.
std::string place_of(const link::Probe& probe) {
  switch (probe.kind_case()) {
    case link::Probe::kTcp:
      return fmt::format("port {}", probe.tcp().port());
    case link::Probe::kHttp:
      return fmt::format("GET :{}{}", probe.http().port(), probe.http().path());
    case link::Probe::kJmx:
      return fmt::format("JMX {} on port {}", probe.jmx().bean(), probe.jmx().port());
    case link::Probe::kJson:
      return fmt::format("GET :{}{}", probe.json().port(), probe.json().path());
    case link::Probe::kHadoopRpc:
      return fmt::format("{} on port {}", probe.hadoop_rpc().method(), probe.hadoop_rpc().port());
    case link::Probe::kZookeeper:
      return fmt::format("{} on port {}", probe.zookeeper().word(), probe.zookeeper().port());
    case link::Probe::kOpenFiles:
      return fmt::format("listOpenFiles on port {}", probe.open_files().port());
    case link::Probe::KIND_NOT_SET:
      break;
  }
  return "probe of a kind that this agent does not know";
}

std::uint16_t port_of(const link::Probe& probe) {
  switch (probe.kind_case()) {
    case link::Probe::kTcp:
      return static_cast<std::uint16_t>(probe.tcp().port());
    case link::Probe::kHttp:
      return static_cast<std::uint16_t>(probe.http().port());
    case link::Probe::kJmx:
      return static_cast<std::uint16_t>(probe.jmx().port());
    case link::Probe::kJson:
      return static_cast<std::uint16_t>(probe.json().port());
    case link::Probe::kHadoopRpc:
      return static_cast<std::uint16_t>(probe.hadoop_rpc().port());
    case link::Probe::kZookeeper:
      return static_cast<std::uint16_t>(probe.zookeeper().port());
    case link::Probe::kOpenFiles:
      return static_cast<std::uint16_t>(probe.open_files().port());
    case link::Probe::KIND_NOT_SET:
      break;
  }
  return 0;
}

std::string path_of(const link::Probe& probe) {
  if (probe.has_jmx()) {
    const auto& attributes = probe.jmx().attributes();
    return jmx_path(probe.jmx().bean(), {attributes.begin(), attributes.end()});
  }
  return probe.has_http() ? probe.http().path() : probe.json().path();
}

// Facts that a page's answer holds. On the exchanger's thread.
Result<Facts> facts_of(const link::Probe& probe, Result<EnginePage> page) {
  if (!page.ok()) return std::move(page).error();
  if (page->status != 200)
    return Error::make(ErrorCode::FailedPrecondition, "answered status {}", page->status);
  if (probe.has_jmx()) {
    return facts_of_jmx(page->body,
                        {probe.jmx().attributes().begin(), probe.jmx().attributes().end()});
  }
  if (probe.has_json()) {
    return facts_of_json(page->body, {probe.json().facts().begin(), probe.json().facts().end()});
  }
  return Facts{};
}

void ask_engine(Exchanger& exchanger,
                const std::string& address,
                const link::Probe& probe,
                Duration deadline,
                Answer answer) {
  if (probe.kind_case() == link::Probe::KIND_NOT_SET) {
    return answer(Error(ErrorCode::Unsupported, "update the agent"));
  }
  if (probe.has_tcp()) {
    Exchange exchange;
    exchange.address = address;
    exchange.port = port_of(probe);
    exchange.deadline = deadline;
    exchanger.start(std::move(exchange),
                    [answer = std::move(answer)](Result<std::string> connected) {
                      answer(connected.ok() ? Result<Facts>(Facts{})
                                            : Result<Facts>(std::move(connected).error()));
                    });
    return;
  }
  if (probe.has_hadoop_rpc()) {
    const link::Probe::HadoopRpc& rpc = probe.hadoop_rpc();
    call_hadoop(
        exchanger,
        address,
        port_of(probe),
        {rpc.protocol(), 1, rpc.method(), "", rpc.user()},
        HadoopClientId{},
        deadline,
        [answer = std::move(answer)](Result<std::string> called) {
          answer(called.ok() ? Result<Facts>(Facts{}) : Result<Facts>(std::move(called).error()));
        });
    return;
  }
  if (probe.has_zookeeper()) {
    ask_zookeeper(exchanger,
                  address,
                  port_of(probe),
                  probe.zookeeper().word(),
                  deadline,
                  [probe, answer = std::move(answer)](Result<std::string> figures) {
                    answer(figures.ok() ? facts_of_figures(*figures,
                                                           {probe.zookeeper().facts().begin(),
                                                            probe.zookeeper().facts().end()})
                                        : Result<Facts>(std::move(figures).error()));
                  });
    return;
  }
  if (probe.has_open_files()) {
    ask_open_files(
        exchanger, address, port_of(probe), probe.open_files().user(), deadline, std::move(answer));
    return;
  }
  get_page(exchanger,
           address,
           port_of(probe),
           path_of(probe),
           deadline,
           [probe, answer = std::move(answer)](Result<EnginePage> page) {
             answer(facts_of(probe, std::move(page)));
           });
}

bool is_within(const link::Probe::Limit& limit, const std::string& found) {
  if (!limit.equals().empty()) return found == limit.equals();
  std::uint64_t number = 0;
  const auto read = std::from_chars(found.data(), found.data() + found.size(), number);
  return read.ec != std::errc() || number <= limit.most();
}

bool counts(const link::Probe& probe) {
  return std::any_of(probe.limits().begin(), probe.limits().end(), [](const auto& limit) {
    return limit.equals().empty();
  });
}

// Whether the question was not answered at all, so that it says nothing about conditions.
bool is_unanswered(const Error& error) {
  return error.code() == ErrorCode::Unavailable || error.code() == ErrorCode::DeadlineExceeded;
}

}  // namespace

std::string unmet_condition(const link::Probe& probe, const Facts& facts) {
  for (const link::Probe::Ready& condition : probe.ready()) {
    const auto found = facts.find(condition.fact());
    if (found == facts.end())
      return fmt::format("{} is not known yet, {} expected", condition.fact(), condition.equals());
    if (found->second != condition.equals()) {
      return fmt::format("{} is {}, {} expected",
                         condition.fact(),
                         found->second.substr(0, 100),
                         condition.equals());
    }
  }
  return "";
}

std::string passed_limit(const link::Probe& probe, const Facts& facts) {
  for (const link::Probe::Limit& limit : probe.limits()) {
    const auto found = facts.find(limit.fact());
    if (found == facts.end()) continue;
    if (is_within(limit, found->second)) continue;
    std::string says = limit.says();
    if (const std::size_t place = says.find("{}"); place != std::string::npos)
      says.replace(place, 2, found->second);
    return says;
  }
  return "";
}

struct RoleProbes::Asked {
  link::Probe probe;
  Facts facts;
  std::string unmet = "not asked yet";
  std::string passed;  // which limit
  bool was_within = false;
  bool was_ready = false;
  bool was_answered = false;
  bool due = true;
  int unanswered = 0;
  Timer timer;

  bool decides() const {
    return probe.has_tcp() || probe.has_http() || probe.has_hadoop_rpc() || probe.has_zookeeper() ||
           !probe.ready().empty() || counts(probe);
  }
  std::uint32_t interval_ms() const {
    const bool known = !due || ((was_ready || (!decides() && was_answered)) && unanswered == 0);
    const std::uint32_t wanted = known ? probe.interval_ms() : probe.starting_interval_ms();
    const std::uint32_t standard = known ? kDefaultIntervalMs : kDefaultStartingMs;
    return std::max(wanted == 0 ? standard : wanted, kShortestMs);
  }
};

RoleProbes::RoleProbes(EventLoop& loop,
                       Exchanger& exchanger,
                       std::string address,
                       std::vector<link::Probe> probes,
                       std::function<void()> changed)
    : loop_(loop),
      exchanger_(exchanger),
      address_(std::move(address)),
      changed_(std::move(changed)),
      self_(std::make_shared<RoleProbes*>(this)) {
  for (link::Probe& probe : probes) {
    asked_.push_back(std::make_unique<Asked>());
    asked_.back()->probe = std::move(probe);
  }
  for (std::size_t i = 0; i < asked_.size(); ++i) ask(i);
}

RoleProbes::~RoleProbes() {
  *self_ = nullptr;
}

bool RoleProbes::is_due(const link::Probe& probe) const {
  if (probe.when().empty()) return true;
  return std::any_of(asked_.begin(), asked_.end(), [&](const auto& asked) {
    const auto found = asked->facts.find(probe.when());
    return found != asked->facts.end() && found->second != "0";
  });
}

void RoleProbes::ask(std::size_t index) {
  Asked& asked = *asked_[index];
  asked.due = is_due(asked.probe);
  if (!asked.due) {
    ask_later(index);
    const bool changed = !asked.facts.empty();
    asked.facts.clear();  // they are of a time that is over
    if (changed) changed_();
    return;
  }
  ask_engine(exchanger_,
             address_,
             asked.probe,
             asked.was_ready ? kReadyDeadline : kStartingDeadline,
             [&loop = loop_, self = self_, index](Result<Facts> answer) {
               auto shared = std::make_shared<Result<Facts>>(std::move(answer));
               loop.post([self, index, shared] {
                 if (*self != nullptr) (*self)->answered(index, std::move(*shared));
               });
             });
}

void RoleProbes::ask_later(std::size_t index) {
  Asked& asked = *asked_[index];
  const Duration interval = std::chrono::milliseconds(asked.interval_ms());
  asked.timer = loop_.after(interval, [this, index] { ask(index); });
}

void RoleProbes::answered(std::size_t index, Result<Facts> answer) {
  Asked& asked = *asked_[index];
  const std::string unmet_before = asked.unmet;
  bool changed = false;
  if (answer.ok()) {
    asked.unanswered = 0;
    asked.was_answered = true;
    asked.unmet = unmet_condition(asked.probe, *answer);
    asked.passed = passed_limit(asked.probe, *answer);
    asked.was_within = asked.was_within || asked.passed.empty();
    if (asked.unmet.empty() && !asked.was_within && counts(asked.probe)) asked.unmet = asked.passed;
    changed = asked.facts != *answer;
    asked.facts = *std::move(answer);
  } else if (!asked.was_ready || !is_unanswered(answer.error()) ||
             ++asked.unanswered >= kUnansweredLimit) {
    asked.unmet = answer.error().message();
  }
  asked.was_ready = asked.unmet.empty();
  ask_later(index);
  if (changed || asked.unmet != unmet_before) changed_();
}

bool RoleProbes::ready() const {
  return std::all_of(asked_.begin(), asked_.end(), [](const auto& asked) {
    return !asked->decides() || asked->unmet.empty();
  });
}

std::string RoleProbes::not_ready() const {
  for (const auto& asked : asked_) {
    if (asked->decides() && !asked->unmet.empty()) {
      return as_message_text(fmt::format("{}: {}", place_of(asked->probe), asked->unmet), 500);
    }
  }
  for (const auto& asked : asked_) {
    if (!asked->passed.empty()) return as_message_text(asked->passed, 500);
  }
  return "";
}

Facts RoleProbes::facts() const {
  Facts all;
  for (const auto& asked : asked_) {
    for (const auto& [name, value] : asked->facts)
      all[name] = as_message_text(value, kMaxFactBytes);
  }
  return all;
}

}  // namespace tusker
