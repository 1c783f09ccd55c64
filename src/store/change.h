#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "proto/store.pb.h"

namespace tusker {

// One stored object, of any kind.
using Object = std::variant<store::Installation,
                            store::Host,
                            store::AccessKey,
                            store::Cluster,
                            store::Node,
                            store::Flow,
                            store::ClientToken,
                            store::FileContent,
                            store::Bundle,
                            store::Job>;

// One row put whole (`object` present) or deleted.
struct RowOp {
  store::Kind kind = store::KIND_NONE;
  std::string id;
  std::optional<Object> object;
};

// What a history row is. The numbers are stored.
enum class HistoryTopic : std::uint8_t {
  Event = 1,      // store.Event: what became of clusters, nodes, hosts
  EndedFlow = 2,  // store.Flow, as it ended
  Operation = 3,  // store.Event: who did what, from where, with what outcome
};

// One row of history: appended, never changed, never loaded at start.
struct HistoryEntry {
  HistoryTopic topic = HistoryTopic::Event;
  std::int64_t wall_ms = 0;
  std::string cluster_id;    // empty: of no cluster
  std::int64_t flow_id = 0;  // 0: of no flow
  std::string bytes;         // the message, serialized
};

// A decision as a value: rows put, rows deleted, history appended, all in one commit. Later
// operations win over earlier ones on the same row.
class Change {
 public:
  void put(store::Installation row);
  void put(store::Host row);
  void put(store::AccessKey row);
  void put(store::Cluster row);
  void put(store::Node row);
  void put(store::Flow row);
  void put(store::FileContent row);
  void put(store::Bundle row);
  void put(store::Job row);
  void put(std::string id, store::ClientToken row);
  void remove(store::Kind kind, std::string id);

  void append(const store::Event& event);
  void append_operation(const store::Event& event);
  void append_ended(const store::Flow& flow);

  // Everything of `later`, after everything of this.
  void merge(Change later);

  bool empty() const { return rows_.empty() && history_.empty(); }
  const std::vector<RowOp>& rows() const { return rows_; }
  std::vector<RowOp> take_rows() && { return std::move(rows_); }
  const std::vector<HistoryEntry>& history() const { return history_; }

 private:
  std::vector<RowOp> rows_;
  std::vector<HistoryEntry> history_;
};

// "emr-…", "installation", "12": the id under which a row is stored. A client token has none of its
// own.
std::string row_id(const store::Installation& row);
std::string row_id(const store::Host& row);
std::string row_id(const store::AccessKey& row);
std::string row_id(const store::Cluster& row);
std::string row_id(const store::Node& row);
std::string row_id(const store::Flow& row);
std::string row_id(const store::FileContent& row);
std::string row_id(const store::Bundle& row);

// The message inside, whatever its kind.
const google::protobuf::Message& message_of(const Object& object);

// The stored bytes of an object. Corrupt: the kind is unknown, or the bytes are not such a message;
// names kind and id.
Result<Object> parse_object(store::Kind kind, std::string_view id, std::string_view bytes);

}  // namespace tusker
