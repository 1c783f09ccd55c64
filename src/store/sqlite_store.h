#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/guarded.h"
#include "base/log.h"
#include "store/store.h"

namespace tusker {

class HistoryReader;
class SqliteWriter;

// Store over one SQLite database: FOLDER/tusker.db and its log, FOLDER/reserve (disk kept aside),
// FOLDER/tusker.lock.
//
// One named thread ("store-writer") has the only connection that writes and checkpoints: it commits
// whatever has been queued since the last commit as one transaction, so many changes share one
// fsync. Another ("store-reader") answers history. A crash loses what was not yet reported durable,
// and nothing else. Made, used and destroyed on the loop's thread; the destructor commits what is
// queued, then joins both.
class SqliteStore final : public Store {
 public:
  struct Options {
    Post post;           // onto the owner's loop; outlives the store
    const Clock& clock;  // for the age of history; outlives the store
    Log log = Log::none();
    std::uint64_t reserve_bytes = 64 << 20;
    std::chrono::hours history_kept{24 * 90};
    std::uint64_t history_rows = 1'000'000;
  };

  // FailedPrecondition: another server has the folder open, or a newer format. Corrupt: damage.
  // ResourceExhausted: the disk is too full to start. Blocks.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& folder, Options options);
  ~SqliteStore() override;

  Result<std::vector<RowOp>> load() override;
  void on_durable(std::function<void(CommitNumber)> listener) override;
  CommitNumber submit(const Change& change) override;
  bool short_of_disk() const override;
  void read_history(HistoryQuery query, HistoryAnswer answer) override;

 private:
  struct Queued;
  SqliteStore(Options options,
              UniqueFd lock,
              std::unique_ptr<SqliteWriter> writer,
              std::unique_ptr<HistoryReader> reader);
  void write_until_stopped();
  void tell_durable(CommitNumber number);

  Options options_;
  UniqueFd lock_;
  std::unique_ptr<SqliteWriter> writer_;  // the writer thread's alone once that runs
  std::unique_ptr<HistoryReader> reader_;
  std::function<void(CommitNumber)> listener_;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // posts that outlive us see it expired
  CommitNumber submitted_ = kNothingCommitted;
  std::atomic<bool> short_of_disk_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Queued> queue_ TK_GUARDED_BY(mutex_);
  bool stopping_ TK_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // started by load()
};

}  // namespace tusker
