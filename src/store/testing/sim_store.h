#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite_writer.h"
#include "store/store.h"

namespace tusker {

// What survives when the power goes: rows and history as bytes.
struct SimDisk {
  std::map<std::pair<int, std::string>, std::string> rows;
  std::vector<HistoryEntry> history;
  std::uint64_t commits = 0;

  void apply(const EncodedChange& change) {
    for (const EncodedChange::Row& row : change.rows) {
      if (row.bytes) {
        rows[{row.kind, row.id}] = *row.bytes;
      } else {
        rows.erase({row.kind, row.id});
      }
    }
    history.insert(history.end(), change.history.begin(), change.history.end());
    ++commits;
  }
};

// Store over a disk whose every write a test carries out by hand: drop the store between any two to
// lose the power. Changes are kept as bytes, as the real one keeps them. One thread.
class SimStore final : public Store {
 public:
  explicit SimStore(SimDisk& disk) : disk_(disk) {}

  Result<std::vector<RowOp>> load() override {
    std::vector<RowOp> loaded;
    for (const auto& [key, bytes] : disk_.rows) {
      const auto kind = static_cast<store::Kind>(key.first);
      TK_TRY(Object object, parse_object(kind, key.second, bytes));
      loaded.push_back({kind, key.second, std::move(object)});
    }
    return loaded;
  }
  void on_durable(std::function<void(CommitNumber)> listener) override {
    listener_ = std::move(listener);
  }
  CommitNumber submit(const Change& change) override {
    queue_.push_back(encode(change));
    return CommitNumber{++submitted_};
  }
  bool short_of_disk() const override { return short_of_disk_; }
  void read_history(HistoryQuery query, HistoryAnswer answer) override {
    std::vector<HistoryRow> rows;
    const std::size_t count = disk_.history.size();
    for (std::size_t i = 0; i < count && rows.size() < query.limit; ++i) {
      const std::size_t index = query.after_sequence ? i : count - 1 - i;
      const HistoryEntry& entry = disk_.history[index];
      const auto sequence = static_cast<std::int64_t>(index) + 1;
      if (entry.topic != query.topic && entry.topic != query.or_topic) continue;
      if (query.after_sequence && sequence <= *query.after_sequence) continue;
      if (!query.cluster_id.empty() && entry.cluster_id != query.cluster_id) continue;
      if (query.flow_id != 0 && entry.flow_id != query.flow_id) continue;
      if (query.before_sequence != 0 && sequence >= query.before_sequence) continue;
      rows.push_back({sequence, entry});
    }
    answer(std::move(rows));
  }

  // ---- for the test

  std::size_t queued() const { return queue_.size(); }
  // The oldest queued change reaches the disk. Nobody hears of it until tell().
  void write_one() {
    disk_.apply(queue_.front());
    queue_.pop_front();
    ++written_;
  }
  void tell() {
    if (listener_ && told_ != written_) listener_(CommitNumber{told_ = written_});
  }
  void write_all() {
    while (!queue_.empty()) write_one();
    tell();
  }
  void set_short_of_disk(bool is_short) { short_of_disk_ = is_short; }

 private:
  SimDisk& disk_;
  std::deque<EncodedChange> queue_;
  std::function<void(CommitNumber)> listener_;
  std::uint64_t submitted_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t told_ = 0;
  bool short_of_disk_ = false;
};

}  // namespace tusker
