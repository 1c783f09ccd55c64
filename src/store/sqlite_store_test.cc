#include "store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "base/testing/temporary_folder.h"
#include "store/database.h"
#include "store/dump.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_writer.h"

namespace tusker {
namespace {

// A loop that a test turns by hand.
class TestLoop {
 public:
  Post post() {
    return [this](std::function<void()> fn) {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(fn));
      wake_.notify_one();
    };
  }
  void run_until(const std::function<bool()>& done) {
    while (!done()) {
      std::unique_lock lock(mutex_);
      ASSERT_TRUE(wake_.wait_for(lock, std::chrono::seconds(60), [this] {
        return !queue_.empty();
      })) << "nothing happens";
      const std::function<void()> fn = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      fn();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_ TK_GUARDED_BY(mutex_);
};

class SqliteStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteStore>> try_open() { return try_open(folder_); }
  Result<std::unique_ptr<SqliteStore>> try_open(const std::string& folder) {
    return SqliteStore::open(
        folder, {.post = loop_.post(), .clock = clock_, .reserve_bytes = reserve_bytes_});
  }
  std::unique_ptr<SqliteStore> open() {
    Result<std::unique_ptr<SqliteStore>> store = try_open();
    EXPECT_TRUE(store.ok()) << store.error().message();
    std::unique_ptr<SqliteStore> opened = *std::move(store);
    opened->on_durable([this](CommitNumber number) { durable_ = number; });
    return opened;
  }
  void commit(SqliteStore& store, const Change& change) { wait(store.submit(change)); }
  void wait(CommitNumber number) {
    loop_.run_until([&] { return durable_ >= number; });
  }
  static Change cluster(const std::string& id, const std::string& name) {
    store::Cluster row;
    row.set_id(id);
    row.set_name(name);
    Change change;
    change.put(std::move(row));
    return change;
  }
  static Change event(std::int64_t wall_ms, const std::string& cluster, const std::string& text) {
    store::Event row;
    row.set_wall_ms(wall_ms);
    row.set_cluster_id(cluster);
    row.set_text(text);
    Change change;
    change.append(row);
    return change;
  }
  std::vector<HistoryRow> history(SqliteStore& store, HistoryQuery query) {
    std::optional<Result<std::vector<HistoryRow>>> answer;
    store.read_history(std::move(query),
                       [&](Result<std::vector<HistoryRow>> rows) { answer = std::move(rows); });
    loop_.run_until([&] { return answer.has_value(); });
    EXPECT_TRUE(answer->ok()) << answer->error().message();
    return *std::move(*answer);
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  SystemClock clock_;
  TestLoop loop_;
  CommitNumber durable_ = kNothingCommitted;
  std::uint64_t reserve_bytes_ = 1 << 20;
};

TEST_F(SqliteStoreTest, KeepsRowsOverARestartAndForgetsDeletedOnes) {
  {
    const auto store = open();
    EXPECT_TRUE(store->load().value().empty());
    commit(*store, cluster("emr-aaaaaaaa", "first"));
    Change change = cluster("emr-bbbbbbbb", "second");
    change.remove(store::CLUSTER, "emr-aaaaaaaa");
    change.merge(cluster("emr-bbbbbbbb", "renamed"));
    commit(*store, change);
  }
  durable_ = kNothingCommitted;
  const auto store = open();
  const std::vector<RowOp> rows = store->load().value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].id, "emr-bbbbbbbb");
  EXPECT_EQ(std::get<store::Cluster>(*rows[0].object).name(), "renamed");
}

TEST_F(SqliteStoreTest, AnswersNumbersAtOnceAndTellsThemDurableInOrder) {
  const auto store = open();
  ASSERT_TRUE(store->load().ok());
  for (std::uint64_t i = 1; i <= 500; ++i)
    EXPECT_EQ(store->submit(cluster(fmt::format("emr-{:08}", i), "x")), CommitNumber{i});
  EXPECT_EQ(durable_, kNothingCommitted);  // nobody is told before the loop turns
  wait(CommitNumber{500});
}

TEST_F(SqliteStoreTest, CommitsWhatIsQueuedWhenItIsClosed) {
  {
    const auto store = open();
    ASSERT_TRUE(store->load().ok());
    store->submit(cluster("emr-aaaaaaaa", "queued"));
  }
  EXPECT_EQ(open()->load().value().size(), 1U);
}

TEST_F(SqliteStoreTest, KeepsItsFilesFromOthers) {
  ::umask(0);
  const auto store = open();
  ASSERT_TRUE(store->load().ok());
  commit(*store, cluster("emr-aaaaaaaa", "x"));
  for (const char* name :
       {"/tusker.db", "/tusker.db-wal", "/tusker.db-shm", "/tusker.lock", "/reserve"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder_ + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600U) << name;
  }
  ::umask(022);
}

TEST_F(SqliteStoreTest, RefusesAFolderThatAnotherServerHasOpen) {
  const auto store = open();
  const auto second = try_open();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::FailedPrecondition);
  EXPECT_NE(second.error().message().find("another Tusker server"), std::string::npos);
}

TEST_F(SqliteStoreTest, RefusesANewerFormatAndSaysWhatToDo) {
  { const auto store = open(); }
  {
    auto database =
        SqliteConnection::open(folder_ + "/tusker.db", SqliteConnection::Mode::ReadWrite);
    ASSERT_TRUE(database->execute("PRAGMA user_version=99").ok());
  }
  const auto refused = try_open();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::FailedPrecondition);
  EXPECT_NE(refused.error().message().find("format 99"), std::string::npos)
      << refused.error().message();
  EXPECT_NE(refused.error().message().find("newer version"), std::string::npos);
}

TEST_F(SqliteStoreTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(folder_ + "/tusker.db") << std::string(8192, 'x');
  const auto refused = try_open();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(refused.error().message().find("tusker.db"), std::string::npos);
}

TEST_F(SqliteStoreTest, NamesDamageFoundInItsPages) {
  {
    const auto store = open();
    ASSERT_TRUE(store->load().ok());
    for (int i = 0; i < 200; ++i)
      commit(*store, cluster(fmt::format("emr-{:08}", i), std::string(500, 'n')));
  }
  {
    std::fstream file(folder_ + "/tusker.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0, std::ios::end);
    ASSERT_GT(file.tellp(), 40000);
    for (const int at : {20480, 24576, 28672}) {
      file.seekp(at);
      file << std::string(64, '\xff');
    }
  }
  const auto refused = try_open();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(refused.error().message().find("backup"), std::string::npos)
      << refused.error().message();
}

TEST_F(SqliteStoreTest, NamesARowWhoseBytesAreNoMessage) {
  { const auto store = open(); }
  {
    auto database =
        SqliteConnection::open(folder_ + "/tusker.db", SqliteConnection::Mode::ReadWrite);
    ASSERT_TRUE(database->execute("INSERT INTO rows VALUES (4, 'emr-broken00', x'ffffff')").ok());
  }
  const auto loaded = open()->load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(loaded.error().message().find("emr-broken00"), std::string::npos);
}

TEST_F(SqliteStoreTest, OpensTheDatabaseOfEveryFormatWritten) {
  const std::string saved = std::string(TUSKER_SOURCE_DIR) + "/src/store/testdata/format-1.db";
  const Result<std::string> bytes = read_file(saved);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message();
  ASSERT_TRUE(write_file_atomic(folder_ + "/tusker.db", *bytes, 0600).ok());
  const std::vector<RowOp> rows = open()->load().value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(std::get<store::Installation>(*rows[0].object).address_range(), "10.231.0.0/16");
  EXPECT_EQ(std::get<store::Cluster>(*rows[1].object).name(), "saved");
}

TEST_F(SqliteStoreTest, AnswersHistoryNewestFirstByClusterFlowAndPage) {
  const auto store = open();
  ASSERT_TRUE(store->load().ok());
  const std::int64_t now = clock_.wall().ms;
  for (int i = 0; i < 5; ++i)
    commit(*store,
           event(now + i, i % 2 == 0 ? "emr-aaaaaaaa" : "emr-bbbbbbbb", fmt::format("{}", i)));
  store::Flow flow;
  flow.set_id(7);
  flow.set_cluster_id("emr-aaaaaaaa");
  flow.set_ended_wall_ms(now);
  Change ended;
  ended.append_ended(flow);
  commit(*store, ended);

  const std::vector<HistoryRow> of_a = history(*store, {.cluster_id = "emr-aaaaaaaa"});
  ASSERT_EQ(of_a.size(), 3U);
  store::Event newest;
  ASSERT_TRUE(newest.ParseFromString(of_a[0].entry.bytes));
  EXPECT_EQ(newest.text(), "4");
  EXPECT_EQ(history(*store, {.before_sequence = of_a[1].sequence}).size(), 2U);
  EXPECT_EQ(history(*store, {.limit = 2}).size(), 2U);
  EXPECT_EQ(history(*store, {.topic = HistoryTopic::EndedFlow, .flow_id = 7}).size(), 1U);
}

TEST_F(SqliteStoreTest, AnswersHistoryOfTwoTopicsInOneOrderAndFromAnyPointOn) {
  const auto store = open();
  ASSERT_TRUE(store->load().ok());
  for (int i = 0; i < 3; ++i) {
    commit(*store, event(i, "emr-aaaaaaaa", fmt::format("event {}", i)));
    store::Event asked;
    asked.set_cluster_id("emr-aaaaaaaa");
    Change operation;
    operation.append_operation(asked);
    commit(*store, operation);
    commit(*store, event(i, "emr-bbbbbbbb", "of another"));
  }
  const auto topics = [](const std::vector<HistoryRow>& rows) {
    std::string letters;
    for (const HistoryRow& row : rows)
      letters += row.entry.topic == HistoryTopic::Event ? 'e' : 'o';
    return letters;
  };
  HistoryQuery both{.or_topic = HistoryTopic::Operation, .cluster_id = "emr-aaaaaaaa"};
  const std::vector<HistoryRow> newest_first = history(*store, both);
  EXPECT_EQ(topics(newest_first), "oeoeoe");
  EXPECT_EQ(history(*store, {.or_topic = HistoryTopic::Operation}).size(), 9U);

  both.after_sequence = newest_first[3].sequence;
  const std::vector<HistoryRow> later = history(*store, both);
  EXPECT_EQ(topics(later), "oeo");
  EXPECT_EQ(later.front().sequence, newest_first[2].sequence) << "oldest first";
  both.after_sequence = 0;
  both.limit = 2;
  EXPECT_EQ(history(*store, both).front().sequence, newest_first[5].sequence);
  both.after_sequence = newest_first[0].sequence;
  EXPECT_TRUE(history(*store, both).empty());
}

TEST_F(SqliteStoreTest, DumpsRowsAsTextWithSecretsMasked) {
  {
    const auto store = open();
    ASSERT_TRUE(store->load().ok());
    store::AccessKey key;
    key.set_secret_id("AKIDxyz");
    key.set_sealed_secret_key("ciphertext-bytes");
    Change change;
    change.put(key);
    store::Node node;
    node.set_id("emr-vm-aaaaaaaa");
    node.add_files()->set_sealed_content("more-ciphertext");
    change.put(node);
    commit(*store, change);
    std::string text;
    ASSERT_TRUE(dump_rows(folder_, [&](std::string_view piece) {
                  text += piece;
                }).ok());  // beside the server
    EXPECT_NE(text.find("secret_id: \"AKIDxyz\""), std::string::npos) << text;
    EXPECT_EQ(text.find("ciphertext"), std::string::npos) << text;
    EXPECT_NE(text.find("<sealed, 16 bytes>"), std::string::npos) << text;
  }
}

TEST_F(SqliteStoreTest, PrunesHistoryByAgeAndCount) {
  auto database = open_database(folder_ + "/tusker.db");
  ASSERT_TRUE(database.ok());
  auto writer = SqliteWriter::make(
      *std::move(database), DiskReserve(folder_ + "/reserve", 1 << 20), Log::none());
  ASSERT_TRUE(writer.ok());
  std::vector<EncodedChange> batch;
  for (int i = 1; i <= 100; ++i) batch.push_back(encode(event(i, "emr-aaaaaaaa", "old")));
  ASSERT_TRUE(writer->commit(batch).ok());
  EXPECT_TRUE(writer->prune(31, 1000, 10).value());  // 30 are too old, 10 of them are gone
  while (writer->prune(31, 1000, 10).value()) {
  }
  const auto left = [&] {
    auto reader = SqliteConnection::open(folder_ + "/tusker.db", SqliteConnection::Mode::ReadOnly);
    return reader->integer("SELECT count(*) FROM history").value();
  };
  EXPECT_EQ(left(), 70);
  while (writer->prune(0, 20, 10).value()) {
  }
  EXPECT_EQ(left(), 20);
}

// On a file system of 4 MB in a mount namespace of this test's own.
TEST_F(SqliteStoreTest, StillCommitsOnAFullDiskByGivingUpItsReserve) {
  if (::unshare(CLONE_NEWNS) != 0) GTEST_SKIP() << "needs root for a small file system of its own";
  ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=4m"), 0);
  const std::string data = folder_ + "/data";
  {
    auto opened = try_open(data);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    const std::unique_ptr<SqliteStore> store = *std::move(opened);
    store->on_durable([this](CommitNumber number) { durable_ = number; });
    ASSERT_TRUE(store->load().ok());
    commit(*store, cluster("emr-aaaaaaaa", "before"));
    EXPECT_FALSE(store->short_of_disk());
    std::ofstream filler(folder_ + "/filler");
    while (filler << std::string(4096, 'f') << std::flush) {
    }
    filler.close();
    for (int i = 0; i < 20; ++i)
      commit(*store,
             cluster("emr-aaaaaaaa", fmt::format("terminating {} {}", i, std::string(2000, 't'))));
    loop_.run_until([&] {
      return store->short_of_disk() || (commit(*store, cluster("emr-aaaaaaaa", "again")), false);
    });
    EXPECT_FALSE(path_exists(data + "/reserve"));
    ::unlink((folder_ + "/filler").c_str());
  }
  auto again = try_open(data);
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_FALSE((*again)->short_of_disk()) << "the reserve is made again when there is room";
  EXPECT_EQ((*again)->load().value().size(), 1U);
  again->reset();
  ASSERT_EQ(::umount2(folder_.c_str(), MNT_DETACH), 0);
}

using SqliteStoreDeathTest = SqliteStoreTest;
TEST_F(SqliteStoreDeathTest, AbortsWhenACommitFails) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        const auto store = open();
        (void)store->load();
        auto intruder =
            SqliteConnection::open(folder_ + "/tusker.db", SqliteConnection::Mode::ReadWrite);
        (void)intruder->execute("DROP TABLE rows");
        std::filesystem::remove_all(folder_);  // nobody does it after an abort
        commit(*store, cluster("emr-aaaaaaaa", "x"));
      },
      "a commit failed");
}

}  // namespace
}  // namespace tusker
