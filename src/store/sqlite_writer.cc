#include "store/sqlite_writer.h"

#include "store/database.h"

namespace tusker {
namespace {

// A log of this size is copied into the database even under load: reading it back at start stays
// quick.
constexpr std::uint64_t kCheckpointBytes = 16 << 20;

}  // namespace

EncodedChange encode(const Change& change) {
  EncodedChange out;
  out.rows.reserve(change.rows().size());
  for (const RowOp& op : change.rows()) {
    std::optional<std::string> bytes;
    if (op.object) bytes = message_of(*op.object).SerializeAsString();
    out.rows.push_back({op.kind, op.id, std::move(bytes)});
  }
  out.history = change.history();
  return out;
}

Result<SqliteWriter> SqliteWriter::make(SqliteConnection database, DiskReserve reserve, Log log) {
  Statements statements;
  TK_TRY(statements.put,
         database.prepare("INSERT INTO rows (kind, id, bytes) VALUES (?1, ?2, ?3) "
                          "ON CONFLICT (kind, id) DO UPDATE SET bytes = excluded.bytes"));
  TK_TRY(statements.remove, database.prepare("DELETE FROM rows WHERE kind = ?1 AND id = ?2"));
  TK_TRY(statements.append,
         database.prepare("INSERT INTO history (topic, wall_ms, cluster_id, flow_id, bytes) "
                          "VALUES (?1, ?2, ?3, ?4, ?5)"));
  TK_TRY(statements.begin, database.prepare("BEGIN IMMEDIATE"));
  TK_TRY(statements.commit, database.prepare("COMMIT"));
  TK_TRY(statements.rollback, database.prepare("ROLLBACK"));
  SqliteWriter writer(
      std::move(database), std::move(reserve), std::move(log), std::move(statements));
  TK_TRY(const bool held, writer.reserve_.ensure_held());
  if (!held) {
    writer.log_.warn("store.disk.short",
                     {{"advice", "free disk on the data folder's file system"}});
  }
  return writer;
}

SqliteWriter::SqliteWriter(SqliteConnection database,
                           DiskReserve reserve,
                           Log log,
                           Statements statements)
    : database_(std::move(database)),
      reserve_(std::move(reserve)),
      log_(std::move(log)),
      statements_(std::move(statements)) {}

Result<std::vector<RowOp>> SqliteWriter::load() {
  return load_rows(database_);
}

Status SqliteWriter::commit(const std::vector<EncodedChange>& batch) {
  Status done = try_commit(batch);
  if (done.ok() || done.error().code() != ErrorCode::ResourceExhausted || !reserve_.held())
    return done;
  // From here on only what frees something is started (Store::short_of_disk): the reserve is what
  // lets that commit.
  reserve_.release();
  log_.error("store.disk.full",
             {{"reserve", "released"}, {"advice", "free disk on the data folder's file system"}});
  return try_commit(batch);
}

Status SqliteWriter::try_commit(const std::vector<EncodedChange>& batch) {
  Status status = statements_.begin.run();
  for (auto change = batch.begin(); status.ok() && change != batch.end(); ++change)
    status = write(*change);
  if (status.ok()) status = statements_.commit.run();
  if (!status.ok() && !database_.idle()) {
    const Status undone = statements_.rollback.run();
    if (!undone.ok()) log_.warn("store.rollback.failed", {{"error", undone.error().message()}});
  }
  return status;
}

Status SqliteWriter::write(const EncodedChange& change) {
  for (const EncodedChange::Row& row : change.rows) {
    SqliteStatement& statement = row.bytes ? statements_.put : statements_.remove;
    statement.bind(1, row.kind).bind_text(2, row.id);
    if (row.bytes) statement.bind_blob(3, *row.bytes);
    TK_TRY_VOID(statement.run());
    bytes_since_checkpoint_ += 100 + (row.bytes ? row.bytes->size() : 0);
  }
  for (const HistoryEntry& entry : change.history) {
    statements_.append.bind(1, static_cast<std::int64_t>(entry.topic))
        .bind(2, entry.wall_ms)
        .bind_text(3, entry.cluster_id)
        .bind(4, entry.flow_id)
        .bind_blob(5, entry.bytes);
    TK_TRY_VOID(statements_.append.run());
    bytes_since_checkpoint_ += 200 + entry.bytes.size();
  }
  return ok_status();
}

void SqliteWriter::tend(bool idle) {
  if (bytes_since_checkpoint_ > kCheckpointBytes || (idle && bytes_since_checkpoint_ > 0)) {
    const Result<int> left = database_.checkpoint();
    if (!left.ok()) log_.warn("store.checkpoint.failed", {{"error", left.error().message()}});
    bytes_since_checkpoint_ = 0;  // also after a failure: it is tried again after as many bytes
  }
  if (!idle || reserve_.held()) return;
  const Result<bool> held = reserve_.ensure_held();
  if (!held.ok()) log_.warn("store.reserve.failed", {{"error", held.error().message()}});
  if (held.ok() && *held) log_.info("store.reserve.held");
}

Result<bool> SqliteWriter::prune(std::int64_t before_wall_ms, std::uint64_t rows_kept, int slice) {
  TK_TRY(const std::int64_t newest,
         database_.integer("SELECT coalesce(max(sequence), 0) FROM history"));
  // Sequences have no gaps but those that pruning made at the old end, so this is a count.
  const std::int64_t first_kept = newest - static_cast<std::int64_t>(rows_kept) + 1;
  TK_TRY(SqliteStatement drop,
         database_.prepare("DELETE FROM history WHERE sequence IN (SELECT sequence FROM history "
                           "ORDER BY sequence LIMIT ?1) "
                           "AND (wall_ms < ?2 OR sequence < ?3)"));
  drop.bind(1, slice).bind(2, before_wall_ms).bind(3, first_kept);
  TK_TRY_VOID(drop.run());
  TK_TRY(const std::int64_t dropped, database_.integer("SELECT changes()"));
  return dropped == slice;
}

}  // namespace tusker
