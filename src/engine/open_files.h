#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/exchange.h"
#include "engine/facts.h"

namespace tusker {

// A ListOpenFilesRequestProto, encoded: of the files that hold the decommissioning of a DataNode.
std::string open_files_request();

// One fact, OpenFiles: which files that are being written hold DataNodes that leave, and from where
// they are written, at most five: "/logs/today (from 10.231.0.3), /a (from 10.231.0.4) and more";
// empty if there are none. `answer` is a ListOpenFilesResponseProto, encoded. Corrupt: it is not.
Result<Facts> facts_of_open_files(std::string_view answer);

// Asks a NameNode, whose superuser is `user`. `done` runs on the exchanger's thread.
void ask_open_files(Exchanger& exchanger,
                    const std::string& address,
                    std::uint16_t port,
                    const std::string& user,
                    Duration deadline,
                    std::function<void(Result<Facts>)> done);

}  // namespace tusker
