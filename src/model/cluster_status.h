#pragma once

#include <string_view>

#include "model/model.h"

namespace tusker {

// The numbers of ClusterInstancesInfo.Status that we reach (docs/reference/semantics.md 2.1).
namespace api_status {
constexpr int kRunning = 2;
constexpr int kCreating = 3;
constexpr int kScalingOut = 4;
constexpr int kTerminating = 14;
constexpr int kScalingIn = 24;
constexpr int kTerminated = 201;
constexpr int kCreateFailed = 301;
}  // namespace api_status

// The API's numeric status of a cluster: the one place that derives it.
int api_status_of(const store::Cluster& cluster);

// "running", "create failed": the same for people, who are told too that a running cluster's roles
// are stopped.
std::string_view status_text(const store::Cluster& cluster);

}  // namespace tusker
