#include "store/dump.h"

#include <google/protobuf/text_format.h>

#include <memory>

#include "store/database.h"

namespace tusker {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void mask(Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        mask(field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                  : *reflection.MutableMessage(&message, field));
      }
    } else if (field->type() == FieldDescriptor::TYPE_BYTES &&
               field->name().rfind("sealed_", 0) == 0) {
      const std::size_t length = reflection.GetString(message, field).size();
      reflection.SetString(&message, field, fmt::format("<sealed, {} bytes>", length));
    }
  }
}

}  // namespace

std::string masked_text(const Object& object) {
  const Message& original = message_of(object);
  const std::unique_ptr<Message> copy(original.New());
  copy->CopyFrom(original);
  mask(*copy);
  std::string text;
  google::protobuf::TextFormat::PrintToString(*copy, &text);
  return text;
}

Status dump_rows(const std::string& folder, const std::function<void(std::string_view)>& print) {
  const std::string path = folder + "/tusker.db";
  TK_TRY(SqliteConnection database, SqliteConnection::open(path, SqliteConnection::Mode::ReadOnly));
  TK_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  if (format > kStoreFormat) {
    return Error::make(ErrorCode::FailedPrecondition,
                       "{}: format {} is newer than this version's {}; use the newer tusker",
                       path,
                       format,
                       kStoreFormat);
  }
  print(fmt::format("# format {}\n", format));
  TK_TRY(const std::vector<RowOp> rows, load_rows(database));
  for (const RowOp& row : rows) {
    print(
        fmt::format("\n# {} {}\n{}", store::Kind_Name(row.kind), row.id, masked_text(*row.object)));
  }
  return ok_status();
}

}  // namespace tusker
