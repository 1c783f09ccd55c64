#include <algorithm>

#include "api/arena.h"
#include "api/find_cluster.h"
#include "api/generated/error_codes.h"
#include "api/generated/handlers.h"
#include "model/model.h"
#include "store/store.h"

namespace tusker::api::handlers {
namespace {

// What is needed of a request when history answers.
struct Question {
  const Model& model;
  const Caller caller;
  const std::optional<std::int64_t> after;
  const std::size_t limit;
  const std::int64_t start_ms;

  bool oldest_first() const { return after.has_value(); }
};

// What an operation says is its caller's: a refused one may name somebody else's cluster. A key
// that is gone tells no account: then its cluster does.
bool is_shown(const Question& question, HistoryTopic topic, const store::Event& event) {
  const Model& model = question.model;
  if (topic == HistoryTopic::Operation) {
    const store::AccessKey* const key = model.access_key(event.actor());
    if (key != nullptr) return key->account() == question.caller.account;
  }
  return may_see(model, question.caller, event.cluster_id());
}

answer::EventInfo event_info(std::int64_t sequence,
                             HistoryTopic topic,
                             const store::Event& event,
                             const Model& model,
                             Arena& arena) {
  answer::EventInfo info;
  info.event_id = sequence;
  info.source = topic == HistoryTopic::Operation ? "OPERATION" : "EVENT";
  info.time = arena.time(WallTime{event.wall_ms()});
  info.milliseconds = event.wall_ms();
  info.kind = arena.copy(event.kind());
  info.severity = arena.copy(event.severity());
  info.instance_id = arena.copy(event.cluster_id());
  if (const store::Cluster* cluster = model.cluster(event.cluster_id()))
    info.instance_name = cluster->name();
  info.resource_id = arena.copy(event.node_id());
  info.flow_id = event.flow_id();
  info.actor = arena.copy(event.actor());
  info.address = arena.copy(event.source());
  info.text = arena.copy(event.text());
  return info;
}

// `rows`: one more than may be looked at, if there is one more.
Result<Answer> answer_of(const Question& question, const std::vector<HistoryRow>& rows) {
  Arena arena;
  std::vector<answer::EventInfo> events;
  std::int64_t last = question.after.value_or(0);
  bool more = rows.size() > question.limit;
  for (std::size_t i = 0; i < std::min(rows.size(), question.limit); ++i) {
    const HistoryRow& row = rows[i];
    const bool too_old = row.entry.wall_ms < question.start_ms;
    if (too_old && !question.oldest_first()) {
      more = false;
      break;
    }
    last = row.sequence;
    store::Event event;
    if (!event.ParseFromString(row.entry.bytes))
      return Error::make(ErrorCode::Corrupt, "history row {} is no event", row.sequence);
    if (!too_old && is_shown(question, row.entry.topic, event))
      events.push_back(event_info(row.sequence, row.entry.topic, event, question.model, arena));
  }
  answer::DescribeEventsResponse response;
  response.events = arena.each(events, [](const auto& event) { return event; });
  response.next_event_id = question.oldest_first() || more ? last : 0;
  Answer answer;
  encode(response, answer.text);
  return answer;
}

}  // namespace

void describe_events(const DescribeEventsRequest& request, Call& call, AnswerCallback done) {
  if (request.instance_id) {
    const auto cluster =
        find_cluster(call, *request.instance_id, code::kResourceNotFound_InstanceNotFound);
    if (!cluster.ok()) return done(cluster.error());
  }
  const auto limit = static_cast<std::uint32_t>(request.limit.value_or(100));
  HistoryQuery query;
  query.or_topic = HistoryTopic::Operation;
  query.cluster_id = request.instance_id.value_or("");
  query.before_sequence = request.before_event_id.value_or(0);
  query.after_sequence = request.after_event_id;
  query.limit = limit + 1;
  call.services.store.read_history(
      query,
      [question = Question{call.services.model,
                           call.caller,
                           request.after_event_id,
                           limit,
                           request.start_milliseconds.value_or(0)},
       done = std::move(done)](Result<std::vector<HistoryRow>> rows) {
        done(rows.ok() ? answer_of(question, *rows) : std::move(rows).error());
      });
}

}  // namespace tusker::api::handlers
