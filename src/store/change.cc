#include "store/change.h"

#include <iterator>

namespace tusker {
namespace {

HistoryEntry entry_of(HistoryTopic topic, const store::Event& event) {
  return {topic, event.wall_ms(), event.cluster_id(), event.flow_id(), event.SerializeAsString()};
}

template <typename T>
void push(std::vector<RowOp>& rows,
          store::Kind kind,
          std::string id,
          T&& row) {  // by reference: `id` is read from it in the same call
  TK_CHECK(!id.empty(), "a row of kind {} without an id", store::Kind_Name(kind));
  rows.push_back({kind, std::move(id), Object(std::move(row))});
}

template <typename T>
Result<Object> parse_as(store::Kind kind, std::string_view id, std::string_view bytes) {
  T message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error::make(
        ErrorCode::Corrupt,
        "row {} {}: its {} bytes are not a {} message; restore the data folder from a backup",
        store::Kind_Name(kind),
        id,
        bytes.size(),
        message.GetTypeName());
  }
  return Object(std::move(message));
}

}  // namespace

std::string row_id(const store::Installation&) {
  return "installation";
}
std::string row_id(const store::Host& row) {
  return row.id();
}
std::string row_id(const store::AccessKey& row) {
  return row.secret_id();
}
std::string row_id(const store::Cluster& row) {
  return row.id();
}
std::string row_id(const store::Node& row) {
  return row.id();
}
std::string row_id(const store::Flow& row) {
  return std::to_string(row.id());
}
std::string row_id(const store::Job& row) {
  return std::to_string(row.id());
}
std::string row_id(const store::FileContent& row) {
  return row.digest();
}
std::string row_id(const store::Bundle& row) {
  return row.digest();
}

void Change::put(store::Installation row) {
  push(rows_, store::INSTALLATION, row_id(row), std::move(row));
}
void Change::put(store::Host row) {
  push(rows_, store::HOST, row_id(row), std::move(row));
}
void Change::put(store::AccessKey row) {
  push(rows_, store::ACCESS_KEY, row_id(row), std::move(row));
}
void Change::put(store::Cluster row) {
  push(rows_, store::CLUSTER, row_id(row), std::move(row));
}
void Change::put(store::Node row) {
  push(rows_, store::NODE, row_id(row), std::move(row));
}
void Change::put(store::Flow row) {
  push(rows_, store::FLOW, row_id(row), std::move(row));
}
void Change::put(store::FileContent row) {
  push(rows_, store::FILE, row_id(row), std::move(row));
}
void Change::put(store::Bundle row) {
  push(rows_, store::BUNDLE, row_id(row), std::move(row));
}
void Change::put(store::Job row) {
  push(rows_, store::JOB, row_id(row), std::move(row));
}
void Change::put(std::string id, store::ClientToken row) {
  push(rows_, store::CLIENT_TOKEN, std::move(id), std::move(row));
}
void Change::remove(store::Kind kind, std::string id) {
  rows_.push_back({kind, std::move(id), std::nullopt});
}

void Change::append(const store::Event& event) {
  history_.push_back(entry_of(HistoryTopic::Event, event));
}
void Change::append_operation(const store::Event& event) {
  history_.push_back(entry_of(HistoryTopic::Operation, event));
}
void Change::append_ended(const store::Flow& flow) {
  history_.push_back({HistoryTopic::EndedFlow,
                      flow.ended_wall_ms(),
                      flow.cluster_id(),
                      flow.id(),
                      flow.SerializeAsString()});
}

void Change::merge(Change later) {
  std::move(later.rows_.begin(), later.rows_.end(), std::back_inserter(rows_));
  std::move(later.history_.begin(), later.history_.end(), std::back_inserter(history_));
}

const google::protobuf::Message& message_of(const Object& object) {
  return std::visit([](const auto& row) -> const google::protobuf::Message& { return row; },
                    object);
}

Result<Object> parse_object(store::Kind kind, std::string_view id, std::string_view bytes) {
  switch (kind) {
    case store::INSTALLATION:
      return parse_as<store::Installation>(kind, id, bytes);
    case store::HOST:
      return parse_as<store::Host>(kind, id, bytes);
    case store::ACCESS_KEY:
      return parse_as<store::AccessKey>(kind, id, bytes);
    case store::CLUSTER:
      return parse_as<store::Cluster>(kind, id, bytes);
    case store::NODE:
      return parse_as<store::Node>(kind, id, bytes);
    case store::FLOW:
      return parse_as<store::Flow>(kind, id, bytes);
    case store::CLIENT_TOKEN:
      return parse_as<store::ClientToken>(kind, id, bytes);
    case store::FILE:
      return parse_as<store::FileContent>(kind, id, bytes);
    case store::BUNDLE:
      return parse_as<store::Bundle>(kind, id, bytes);
    case store::JOB:
      return parse_as<store::Job>(kind, id, bytes);
    default:
      return Error::make(ErrorCode::Corrupt,
                         "row {} has kind {}, which this version does not know",
                         id,
                         static_cast<int>(kind));
  }
}

}  // namespace tusker
