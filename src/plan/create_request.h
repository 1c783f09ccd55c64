#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/scripts.h"
#include "proto/store.pb.h"

namespace tusker {

// What one group of a new cluster shall be.
struct GroupRequest {
  std::uint32_t count = 0;
  // instance_type (spec list), or cpus and memory_bytes; sizes that an instance_type already says
  // may be left 0. disk_bytes empty: one data disk of the product's default size.
  store::NodeSpec spec;
  store::AskedOfGroup asked;
};

// CreateInstance and CreateCluster, after decoding: typed, and still hostile. plan_cluster() checks
// all of it.
struct CreateRequest {
  std::string name;
  std::string release;                // EMR-V5.0.0; empty when product_id says it
  std::uint64_t product_id = 0;       // 0 when `release` says it
  std::vector<std::string> software;  // "hdfs-3.5.0"; white space around it is taken off
  std::map<store::NodeType, GroupRequest> groups;
  store::Asked asked;
  bool high_availability = false;
  std::string custom_configuration;  // CustomConf / ExtendFsField text, or empty
  std::vector<store::Tag> tags;
  std::string region;
  std::string zone;
  std::int64_t project_id = 0;
  std::int32_t pay_mode = 0;
  std::uint64_t account = 0;
  std::vector<ScriptRequest> scripts;
  bool thin_disks =
      false;  // sparse disks: they may lose acknowledged data when the host's disk fills
};

}  // namespace tusker
