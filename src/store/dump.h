#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/change.h"

namespace tusker {

// Prints every row of FOLDER/tusker.db as protobuf text, a piece at a time, sealed bytes masked:
// `tusker debug dump`. Opens it read-only, so it may run beside the server. FailedPrecondition: a
// newer format.
Status dump_rows(const std::string& folder, const std::function<void(std::string_view)>& print);

// One object as protobuf text, fields named sealed_… shown only by their length.
std::string masked_text(const Object& object);

}  // namespace tusker
