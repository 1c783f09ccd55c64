#pragma once

#include <string>

#include "proto/store.pb.h"

namespace tusker::api {

// A reason for people, one fact after the other and the log lines below: for the places where the
// public API has one text only. Empty for a failure without content.
std::string failure_text(const store::Failure& failure);

}  // namespace tusker::api
