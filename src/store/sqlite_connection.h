#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tusker {

// A prepared statement that is run again and again: bind, step until false, and it is reset by the
// next bind or step. Texts and blobs bound must live until then. One thread at a time.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&& other) noexcept;
  ~SqliteStatement();

  SqliteStatement& bind(int index, std::int64_t value);
  SqliteStatement& bind_text(int index, std::string_view value);
  SqliteStatement& bind_blob(int index, std::string_view value);

  // True: a row can be read. False: finished, and reset. ResourceExhausted: the disk is full.
  Result<bool> step();
  // step() of a statement that yields no rows.
  Status run();

  std::int64_t integer(int column) const;
  std::string text(int column) const;  // or blob: its bytes

 private:
  friend class SqliteConnection;
  explicit SqliteStatement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_ = nullptr;
};

// One connection to a database file. One thread at a time. Errors name the file.
class SqliteConnection {
 public:
  enum class Mode { ReadWrite, ReadOnly };
  static Result<SqliteConnection> open(const std::string& path, Mode mode);

  SqliteConnection(SqliteConnection&& other) noexcept;
  SqliteConnection& operator=(SqliteConnection&& other) noexcept;
  ~SqliteConnection();

  // Statements whose rows nobody wants, several at once.
  Status execute(const char* sql);
  Result<SqliteStatement> prepare(std::string_view sql);
  // The one value of a one-row query, such as a pragma.
  Result<std::int64_t> integer(std::string_view sql);
  Result<std::string> text(std::string_view sql);

  // Whether no transaction is open: SQLite ends one by itself after some failures.
  bool idle() const;
  // Copies the log into the database as far as no reader is in the way; yields the pages that the
  // log still has.
  Result<int> checkpoint();

 private:
  explicit SqliteConnection(sqlite3* handle, std::string path)
      : handle_(handle), path_(std::move(path)) {}
  sqlite3* handle_ = nullptr;
  std::string path_;
};

}  // namespace tusker
