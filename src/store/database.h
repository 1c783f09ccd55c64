#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/change.h"
#include "store/sqlite_connection.h"

namespace tusker {

// The format of the tables and of the meaning of rows that this version writes.
constexpr int kStoreFormat = 1;

// A database ready for the writer: mode 0600, write-ahead log, every commit fsynced, integrity
// checked, format ours.
//
// An older format is rewritten step by step, each in one transaction. FailedPrecondition: a newer
// format, or another program's file. Corrupt: SQLite finds damage; the message has its first words
// and what to do.
Result<SqliteConnection> open_database(const std::string& path);

// Every row, parsed.
Result<std::vector<RowOp>> load_rows(SqliteConnection& database);

}  // namespace tusker
