#include "store/history_reader.h"

#include <pthread.h>

#include <algorithm>
#include <optional>

namespace tusker {
namespace {

constexpr std::uint32_t kMostRows = 1000;
constexpr std::size_t kMostQuestions = 256;

// "<> ''" and "<> 0" let SQLite use the indexes that leave such rows out. Two topics in order are
// found faster by their numbers than by sorting what an index of topics yields: "+" hides it.
std::string sql_of(const HistoryQuery& query) {
  std::string sql =
      "SELECT sequence, topic, wall_ms, cluster_id, flow_id, bytes FROM history WHERE ";
  const bool of_one = !query.cluster_id.empty() || query.flow_id != 0;
  sql += !query.or_topic ? "topic = ?1" : of_one ? "topic IN (?1, ?7)" : "+topic IN (?1, ?7)";
  if (!query.cluster_id.empty()) sql += " AND cluster_id = ?2 AND cluster_id <> ''";
  if (query.flow_id != 0) sql += " AND flow_id = ?3 AND flow_id <> 0";
  if (query.before_sequence != 0) sql += " AND sequence < ?4";
  if (query.after_sequence) sql += " AND sequence > ?6";
  return sql + fmt::format(" ORDER BY sequence {} LIMIT ?5", query.after_sequence ? "ASC" : "DESC");
}

Result<std::vector<HistoryRow>> rows_of(SqliteConnection& database, const HistoryQuery& query) {
  TK_TRY(SqliteStatement found, database.prepare(sql_of(query)));
  found.bind(1, static_cast<std::int64_t>(query.topic)).bind(5, std::min(query.limit, kMostRows));
  if (!query.cluster_id.empty()) found.bind_text(2, query.cluster_id);
  if (query.flow_id != 0) found.bind(3, query.flow_id);
  if (query.before_sequence != 0) found.bind(4, query.before_sequence);
  if (query.after_sequence) found.bind(6, *query.after_sequence);
  if (query.or_topic) found.bind(7, static_cast<std::int64_t>(*query.or_topic));
  std::vector<HistoryRow> rows;
  for (;;) {
    TK_TRY(const bool more, found.step());
    if (!more) return rows;
    rows.push_back({found.integer(0),
                    {static_cast<HistoryTopic>(found.integer(1)),
                     found.integer(2),
                     found.text(3),
                     found.integer(4),
                     found.text(5)}});
  }
}

}  // namespace

HistoryReader::HistoryReader(std::string path, Post post)
    : path_(std::move(path)), post_(std::move(post)), thread_([this] { answer_until_stopped(); }) {
  ::pthread_setname_np(thread_.native_handle(), "store-reader");
}

HistoryReader::~HistoryReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void HistoryReader::read(HistoryQuery query, HistoryAnswer answer) {
  {
    const std::lock_guard lock(mutex_);
    if (questions_.size() < kMostQuestions) {
      questions_.push_back({std::move(query), std::move(answer)});
      wake_.notify_one();
      return;
    }
  }
  post_([answer = std::move(answer), alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) {
      answer(Error::make(ErrorCode::Unavailable,
                         "{} questions about history wait already; ask again later",
                         kMostQuestions));
    }
  });
}

void HistoryReader::answer_until_stopped() {
  std::optional<SqliteConnection>
      database;  // opened by the first question: at start there may be no file yet
  for (;;) {
    Question question;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !questions_.empty(); });
      if (stopping_) return;
      question = std::move(questions_.front());
      questions_.pop_front();
    }
    Result<std::vector<HistoryRow>> rows = std::vector<HistoryRow>{};
    if (!database) {
      Result<SqliteConnection> opened =
          SqliteConnection::open(path_, SqliteConnection::Mode::ReadOnly);
      if (opened.ok()) {
        database = *std::move(opened);
      } else {
        rows = std::move(opened).error();
      }
    }
    if (database) rows = rows_of(*database, question.query);
    post_([rows = std::move(rows),
           answer = std::move(question.answer),
           alive = std::weak_ptr(alive_)]() mutable {
      if (!alive.expired()) answer(std::move(rows));
    });
  }
}

}  // namespace tusker
