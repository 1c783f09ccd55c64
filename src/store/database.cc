#include "store/database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "base/file.h"

namespace tusker {
namespace {

constexpr std::int64_t kApplicationId =
    0x54555352;  // "TUSR" in the file's header: this file is ours

constexpr const char* kTables = R"(
  CREATE TABLE rows (
    kind INTEGER NOT NULL, id TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE TABLE history (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, topic INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    cluster_id TEXT NOT NULL, flow_id INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE INDEX history_by_cluster ON history (cluster_id, topic, sequence) WHERE cluster_id <> '';
  CREATE INDEX history_by_flow ON history (flow_id, topic, sequence) WHERE flow_id <> 0;
  CREATE INDEX history_by_topic ON history (topic, sequence);
)";

// One named step from a format to the next, for what protobuf's own rules cannot cover.
struct Rewrite {
  int from;
  const char* name;
  Status (*apply)(SqliteConnection& database);
};
// Format 1 is the first: nothing to rewrite yet.
constexpr std::span<const Rewrite> kRewrites{};

// SQLite would make the file with the umask's mode, and its log and index files inherit the
// database's.
Status ensure_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Error::from_errno(errno, path);
  if (::fchmod(fd.get(), 0600) != 0) return Error::from_errno(errno, path);
  return ok_status();
}

Status check_integrity(SqliteConnection& database, const std::string& path) {
  const Result<std::string> verdict = database.text("PRAGMA quick_check(1)");
  if (verdict.ok() && *verdict == "ok") return ok_status();
  return Error::make(ErrorCode::Corrupt,
                     "{}: the database is damaged ({}). Stop here, keep a copy of the folder, and "
                     "restore it from a backup",
                     path,
                     verdict.ok() ? *verdict : verdict.error().message());
}

Status make_tables(SqliteConnection& database) {
  TK_TRY_VOID(database.execute("BEGIN IMMEDIATE"));
  TK_TRY_VOID(database.execute(kTables));
  TK_TRY_VOID(database.execute(fmt::format("PRAGMA application_id={}", kApplicationId).c_str()));
  TK_TRY_VOID(database.execute(fmt::format("PRAGMA user_version={}", kStoreFormat).c_str()));
  return database.execute("COMMIT");
}

Status rewrite_to_ours(SqliteConnection& database, std::int64_t format, const std::string& path) {
  for (const Rewrite& step : kRewrites) {
    if (step.from < format) continue;
    TK_TRY_VOID(database.execute("BEGIN IMMEDIATE"));
    TK_TRY_VOID(step.apply(database).context("{}: rewrite step {}", path, step.name));
    TK_TRY_VOID(database.execute(fmt::format("PRAGMA user_version={}", step.from + 1).c_str()));
    TK_TRY_VOID(database.execute("COMMIT"));
  }
  return ok_status();
}

Status ensure_format(SqliteConnection& database, const std::string& path) {
  TK_TRY(const std::int64_t application, database.integer("PRAGMA application_id"));
  TK_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  TK_TRY(const std::int64_t objects, database.integer("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && format == 0 && objects == 0) return make_tables(database);
  if (application != kApplicationId) {
    return Error::make(
        ErrorCode::FailedPrecondition,
        "{}: expected Tusker's database, found another program's; choose another data folder",
        path);
  }
  if (format > kStoreFormat) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{}: the data has format {}, this version of Tusker knows formats up to {}. "
                       "Start the newer version "
                       "that wrote it, or restore a backup made by this one",
                       path,
                       format,
                       kStoreFormat);
  }
  return rewrite_to_ours(database, format, path);
}

}  // namespace

Result<SqliteConnection> open_database(const std::string& path) {
  TK_TRY_VOID(ensure_file(path));
  TK_TRY(SqliteConnection database,
         SqliteConnection::open(path, SqliteConnection::Mode::ReadWrite));
  const Result<std::string> mode = database.text("PRAGMA journal_mode=WAL");
  if (!mode.ok() && mode.error().code() == ErrorCode::Corrupt) {
    return Error::make(
        ErrorCode::Corrupt,
        "{}: not a database, or its first page is damaged ({}); restore it from a backup",
        path,
        mode.error().message());
  }
  if (!mode.ok()) return mode.error();
  if (*mode != "wal") {
    return Error::make(
        ErrorCode::Unsupported,
        "{}: the file system cannot hold a write-ahead log (SQLite chose {}); use a local disk",
        path,
        *mode);
  }
  // FULL: a commit is durable when it returns. The writer checkpoints when it has nothing else to
  // do.
  TK_TRY_VOID(database.execute(
      "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8192;"
      "PRAGMA journal_size_limit=67108864"));
  TK_TRY_VOID(check_integrity(database, path));
  TK_TRY_VOID(ensure_format(database, path));
  return database;
}

Result<std::vector<RowOp>> load_rows(SqliteConnection& database) {
  TK_TRY(SqliteStatement all,
         database.prepare("SELECT kind, id, bytes FROM rows ORDER BY kind, id"));
  std::vector<RowOp> rows;
  for (;;) {
    TK_TRY(const bool more, all.step());
    if (!more) return rows;
    const auto kind = static_cast<store::Kind>(all.integer(0));
    std::string id = all.text(1);
    TK_TRY(Object object, parse_object(kind, id, all.text(2)));
    rows.push_back({kind, std::move(id), std::move(object)});
  }
}

}  // namespace tusker
