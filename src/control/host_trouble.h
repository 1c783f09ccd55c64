#pragma once

#include <string>

#include "base/clock.h"
#include "model/model.h"

namespace tusker {

// What a host itself tells that its nodes will suffer from: little room on its disk, or a clock
// that was set within the last ten minutes. Empty: nothing, or the host is not there. Pure.
std::string host_trouble(const Model& model, const std::string& host_id, Time now);

}  // namespace tusker
