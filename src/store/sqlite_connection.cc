#include "store/sqlite_connection.h"

#include <sqlite3.h>

#include <utility>

namespace tusker {
namespace {

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::ResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::Corrupt;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return ErrorCode::PermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::Busy;
    case SQLITE_CANTOPEN:
      return ErrorCode::NotFound;
    default:
      return ErrorCode::Internal;
  }
}

Error error_of(sqlite3* handle) {
  const char* file = sqlite3_db_filename(handle, "main");
  return Error::make(code_of(sqlite3_extended_errcode(handle)),
                     "{}: {} (SQLite code {})",
                     file == nullptr ? "database" : file,
                     sqlite3_errmsg(handle),
                     sqlite3_extended_errcode(handle));
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
  }
  return *this;
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(handle_);
}

SqliteStatement& SqliteStatement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_, index, value);
  return *this;
}

SqliteStatement& SqliteStatement::bind_text(int index, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may hold one.
  sqlite3_bind_text64(
      handle_, index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

SqliteStatement& SqliteStatement::bind_blob(int index, std::string_view value) {
  sqlite3_bind_blob64(
      handle_, index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> SqliteStatement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  Result<bool> answer = false;
  if (code != SQLITE_DONE) answer = error_of(sqlite3_db_handle(handle_));
  sqlite3_reset(handle_);
  return answer;
}

Status SqliteStatement::run() {
  TK_TRY(const bool row, step());
  if (!row) return ok_status();
  sqlite3_reset(handle_);
  return Error(ErrorCode::Internal, "a statement run for its effect yielded a row");
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::string SqliteStatement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  if (bytes == nullptr) return {};
  return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

Result<SqliteConnection> SqliteConnection::open(const std::string& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int access =
      mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  SqliteConnection connection(handle, path);
  if (code != SQLITE_OK) {
    const char* message = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
    return Error::make(code_of(code), "{}: cannot be opened: {}", path, message);
  }
  // A reader that goes must not checkpoint: only the writing connection does (SQLite 3.40's
  // WAL-reset bug).
  if (mode == Mode::ReadOnly)
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_timeout(handle, 5000);
  return connection;
}

SqliteConnection::SqliteConnection(SqliteConnection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

SqliteConnection& SqliteConnection::operator=(SqliteConnection&& other) noexcept {
  if (this != &other) {
    sqlite3_close_v2(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
    path_ = std::move(other.path_);
  }
  return *this;
}

SqliteConnection::~SqliteConnection() {
  sqlite3_close_v2(handle_);
}

Status SqliteConnection::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return ok_status();
  return error_of(handle_).context("{}", std::string_view(sql).substr(0, 60));
}

Result<SqliteStatement> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_,
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &statement,
                                      nullptr);
  if (code != SQLITE_OK) return error_of(handle_).context("{}", sql.substr(0, 60));
  return SqliteStatement(statement);
}

Result<std::int64_t> SqliteConnection::integer(std::string_view sql) {
  TK_TRY(SqliteStatement statement, prepare(sql));
  TK_TRY(const bool row, statement.step());
  if (!row) return Error::make(ErrorCode::Corrupt, "{}: no answer to {}", path_, sql);
  return statement.integer(0);
}

Result<std::string> SqliteConnection::text(std::string_view sql) {
  TK_TRY(SqliteStatement statement, prepare(sql));
  TK_TRY(const bool row, statement.step());
  if (!row) return Error::make(ErrorCode::Corrupt, "{}: no answer to {}", path_, sql);
  return statement.text(0);
}

bool SqliteConnection::idle() const {
  return sqlite3_get_autocommit(handle_) != 0;
}

Result<int> SqliteConnection::checkpoint() {
  int in_log = 0;
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return error_of(handle_).context("checkpoint");
  return in_log - copied;
}

}  // namespace tusker
