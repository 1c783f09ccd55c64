#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tusker {

// Texts of component definitions with names in braces: "hdfs://{master}:{port:NameNode.rpc}". A
// name is letters, digits and `_.:/-`. Hadoop's own "${user.name}" is left as it is. Pure.

using NameLookup = std::function<std::optional<std::string>(std::string_view name)>;

// InvalidArgument for a name that `names` does not have, and for a brace that is never closed.
Result<std::string> expand_template(std::string_view text, const NameLookup& names);

// The names that a text uses, in order.
Result<std::vector<std::string>> names_of_template(std::string_view text);

}  // namespace tusker
