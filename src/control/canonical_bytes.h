#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace tusker {

// Equal messages have equal bytes: maps are written in order of key.
std::string canonical_bytes(const google::protobuf::Message& message);

}  // namespace tusker
