#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/change.h"

namespace tusker {

// Counts the commits of one run of the server, from 1. Not stored: with the epoch it orders what is
// told to agents.
enum class CommitNumber : std::uint64_t {};
constexpr CommitNumber kNothingCommitted{0};

// Runs a function on the owner's loop. Any thread may call it; it never runs the function before it
// returns.
using Post = std::function<void(std::function<void()>)>;

// Newest first, unless `after_sequence` is given. Empty or zero fields match everything.
struct HistoryQuery {
  HistoryTopic topic = HistoryTopic::Event;
  std::optional<HistoryTopic> or_topic = {};  // rows of this one as well
  std::string cluster_id = {};
  std::int64_t flow_id = 0;
  std::int64_t before_sequence = 0;  // only rows older than this one: the last of the page before
  std::optional<std::int64_t> after_sequence = {};  // only newer rows than this one; oldest first
  std::uint32_t limit = 100;                        // at most 1000
};

struct HistoryRow {
  std::int64_t sequence = 0;  // grows with time
  HistoryEntry entry;
};
using HistoryAnswer = std::function<void(Result<std::vector<HistoryRow>>)>;

// Where state survives. One owner, on one loop; every callback runs there.
//
// A Change submitted is durable after some time, in the order of submission and each as a whole, or
// the process dies: a commit that fails aborts it, since memory is ahead of the disk then and
// cannot be taken back.
class Store {
 public:
  virtual ~Store() = default;

  // Every row. Once, before the first submit. Blocks: at start only.
  virtual Result<std::vector<RowOp>> load() = 0;

  // Who hears that all commits up to a number are durable. Before the first submit.
  virtual void on_durable(std::function<void(CommitNumber)> listener) = 0;

  // Queues the change and answers its number at once: one more than the last. Never blocks.
  virtual CommitNumber submit(const Change& change) = 0;

  // Whether free disk is so short that only what frees something should be started. Read it for
  // each decision.
  virtual bool short_of_disk() const = 0;

  // What was durable when it was read. Unavailable when the store is closing.
  virtual void read_history(HistoryQuery query, HistoryAnswer answer) = 0;
};

}  // namespace tusker
