#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "proto/store.pb.h"

namespace tusker::api {

// What a CreateInstance said that means nothing here and that answers have to repeat exactly:
// Terraform makes a cluster anew when one of these reads back differently
// (docs/reference/terraform.md 2). Kept in the cluster's row, by these names.
namespace echo {
inline constexpr std::string_view kVpcId = "VpcId";
inline constexpr std::string_view kSubnetId = "SubnetId";
inline constexpr std::string_view kSecurityGroup = "SgId";
inline constexpr std::string_view kSceneName = "SceneName";
inline constexpr std::string_view kNeedMasterWan = "NeedMasterWan";
inline constexpr std::string_view kAutoRenew = "AutoRenew";
inline constexpr std::string_view kApplicationRole = "ApplicationRole";
inline constexpr std::string_view kPublicKeyId = "PublicKeyId";
// Of one node type: with ".master", ".core"… after it.
inline constexpr std::string_view kSpec = "Spec";
inline constexpr std::string_view kStorageType = "StorageType";
inline constexpr std::string_view kInstanceType = "InstanceType";
inline constexpr std::string_view kDiskTypes = "DiskTypes";  // of all disks, joined by commas
}  // namespace echo

using EchoMap = std::map<std::string, std::string>;

// Empty when the request did not say it.
std::string_view echoed(const store::Cluster& cluster, std::string_view name);
std::string_view echoed(const store::Cluster& cluster, std::string_view name, store::NodeType type);
std::int64_t echoed_number(const store::Cluster& cluster, std::string_view name);
std::int64_t echoed_number(const store::Cluster& cluster,
                           std::string_view name,
                           store::NodeType type);

std::string echo_key(std::string_view name, store::NodeType type);

}  // namespace tusker::api
