#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/exchange.h"
#include "engine/facts.h"

namespace tusker {

// Those figures of an answer to ZooKeeper's mntr, lines of "name<TAB>value". FailedPrecondition: no
// such line, as of a server that still reads its data or is in no quorum; says what it answered.
Result<Facts> facts_of_figures(std::string_view answer, const std::vector<std::string>& names);

// Sends one of ZooKeeper's four-letter words to its client port. `done` runs on the exchanger's
// thread and gets the whole answer; errors as those of Exchanger::start.
void ask_zookeeper(Exchanger& exchanger,
                   const std::string& address,
                   std::uint16_t port,
                   std::string_view word,
                   Duration deadline,
                   Exchanger::Done done);

}  // namespace tusker
