#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "store/change.h"
#include "store/disk_reserve.h"
#include "store/sqlite_connection.h"

namespace tusker {

// A Change as bytes, so that serializing is done where the messages are.
struct EncodedChange {
  struct Row {
    store::Kind kind;
    std::string id;
    std::optional<std::string> bytes;  // none: deleted
  };
  std::vector<Row> rows;
  std::vector<HistoryEntry> history;
};
EncodedChange encode(const Change& change);

// What the writer thread does with its connection: commits batches, checkpoints, prunes history,
// keeps the disk reserve. One thread at a time.
class SqliteWriter {
 public:
  static Result<SqliteWriter> make(SqliteConnection database, DiskReserve reserve, Log log);

  Result<std::vector<RowOp>> load();

  // All of it durable, in order, in one transaction. A full disk gives up the reserve and tries
  // once more.
  Status commit(const std::vector<EncodedChange>& batch);

  // What is done between commits: copies the log into the database when it has grown, makes the
  // reserve again when there is room. Problems are logged; none loses anything.
  void tend(bool idle);

  // Deletes at most `slice` of the oldest rows that are older than `before` or too many. Yields
  // whether more remain.
  Result<bool> prune(std::int64_t before_wall_ms, std::uint64_t rows_kept, int slice);

  bool short_of_disk() const { return !reserve_.held(); }

 private:
  struct Statements {
    SqliteStatement put, remove, append, begin, commit, rollback;
  };
  SqliteWriter(SqliteConnection database, DiskReserve reserve, Log log, Statements statements);
  Status try_commit(const std::vector<EncodedChange>& batch);
  Status write(const EncodedChange& change);

  SqliteConnection database_;  // before the statements: they are finalized first
  DiskReserve reserve_;
  Log log_;
  Statements statements_;
  std::uint64_t bytes_since_checkpoint_ = 0;
};

}  // namespace tusker
