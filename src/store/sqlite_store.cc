#include "store/sqlite_store.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>

#include <cerrno>

#include "store/database.h"
#include "store/history_reader.h"
#include "store/sqlite_writer.h"

namespace tusker {
namespace {

constexpr std::chrono::seconds kIdle{2};  // without a commit: time to tidy up
constexpr std::chrono::minutes kPruneEvery{10};
constexpr int kPruneSlice = 500;

Result<UniqueFd> take_lock(const std::string& folder) {
  const std::string path = folder + "/tusker.lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Error::from_errno(errno, path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return Error::from_errno(errno, path);
  return Error::make(ErrorCode::FailedPrecondition,
                     "{}: another Tusker server has this data folder open; stop it first, or "
                     "choose another folder",
                     folder);
}

}  // namespace

struct SqliteStore::Queued {
  EncodedChange change;
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& folder, Options options) {
  TK_TRY_VOID(ensure_directory(folder, 0700));
  TK_TRY(UniqueFd lock, take_lock(folder));
  const std::string path = folder + "/tusker.db";
  TK_TRY(SqliteConnection database, open_database(path));
  DiskReserve reserve(folder + "/reserve", options.reserve_bytes);
  TK_TRY(SqliteWriter writer,
         SqliteWriter::make(std::move(database), std::move(reserve), options.log));
  auto reader = std::make_unique<HistoryReader>(path, options.post);
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(options),
                      std::move(lock),
                      std::make_unique<SqliteWriter>(std::move(writer)),
                      std::move(reader)));
}

SqliteStore::SqliteStore(Options options,
                         UniqueFd lock,
                         std::unique_ptr<SqliteWriter> writer,
                         std::unique_ptr<HistoryReader> reader)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      reader_(std::move(reader)) {
  short_of_disk_ = writer_->short_of_disk();
}

SqliteStore::~SqliteStore() {
  alive_.reset();
  reader_.reset();  // before the writer's connection: the last one to close is the one that may
                    // checkpoint
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<std::vector<RowOp>> SqliteStore::load() {
  TK_CHECK(!thread_.joinable(), "load() is called once");
  TK_TRY(std::vector<RowOp> rows, writer_->load());
  thread_ = std::thread([this] { write_until_stopped(); });
  ::pthread_setname_np(thread_.native_handle(), "store-writer");
  return rows;
}

void SqliteStore::on_durable(std::function<void(CommitNumber)> listener) {
  listener_ = std::move(listener);
}

CommitNumber SqliteStore::submit(const Change& change) {
  TK_CHECK(thread_.joinable(), "submit() before load()");
  Queued queued{encode(change)};
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(queued));
  }
  wake_.notify_one();
  submitted_ = CommitNumber{static_cast<std::uint64_t>(submitted_) + 1};
  return submitted_;
}

bool SqliteStore::short_of_disk() const {
  return short_of_disk_;
}

void SqliteStore::read_history(HistoryQuery query, HistoryAnswer answer) {
  reader_->read(std::move(query), std::move(answer));
}

void SqliteStore::tell_durable(CommitNumber number) {
  options_.post([this, number, alive = std::weak_ptr(alive_)] {
    if (!alive.expired() && listener_) listener_(number);
  });
}

void SqliteStore::write_until_stopped() {
  std::uint64_t written = 0;
  Time next_prune = options_.clock.now();
  std::vector<EncodedChange> batch;
  for (;;) {
    batch.clear();
    bool stop = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kIdle, [this] { return stopping_ || !queue_.empty(); });
      for (Queued& queued : queue_) batch.push_back(std::move(queued.change));
      queue_.clear();
      stop = stopping_ && batch.empty();
    }
    if (stop) return;
    if (!batch.empty()) {
      const Status done = writer_->commit(batch);
      TK_CHECK(done.ok(),
               "a commit failed, and memory is ahead of the disk: {}. Started again, the server "
               "goes on from its "
               "last commit; free disk or repair it first",
               done.error().message());
      written += batch.size();
      tell_durable(CommitNumber{written});
    } else if (options_.clock.now() >= next_prune) {
      const std::int64_t before =
          options_.clock.wall().ms - std::chrono::milliseconds(options_.history_kept).count();
      const Result<bool> more = writer_->prune(before, options_.history_rows, kPruneSlice);
      if (!more.ok()) options_.log.warn("store.prune.failed", {{"error", more.error().message()}});
      if (!more.ok() || !*more) next_prune = options_.clock.now() + kPruneEvery;
    }
    writer_->tend(batch.empty());
    short_of_disk_ = writer_->short_of_disk();
  }
}

}  // namespace tusker
