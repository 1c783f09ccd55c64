#pragma once

#include <string>
#include <vector>

#include "plan/cluster_plan.h"
#include "plan/definitions.h"

namespace tusker::testing {

// The program's own definitions; ends the test program when they are wrong.
const Definitions& definitions();

// A host with this much of everything, connected: "alpha" gets 10.64.0.0/26, the next host the next
// /26.
HostInventory host(const std::string& name,
                   int number,
                   std::uint64_t memory_gb,
                   std::uint64_t disk_gb);

// One image, one bundle of a few jars for each component, and each one's archive.
std::vector<store::Bundle> bundles();

// 1 master and `cores` core nodes with HDFS and YARN.
CreateRequest request(const std::string& master_spec,
                      const std::string& core_spec,
                      std::uint32_t cores = 2);

// One host of 64 GB.
Inventory one_host();

// Plans with a fixed seed and time.
Result<ClusterPlan> plan(const Inventory& inventory,
                         const CreateRequest& request,
                         std::uint64_t seed = 1);

// The plan of request(master, core, cores) on one host; ends the test program when there is none.
ClusterPlan good_plan(const std::string& master_spec = "TK.SMALL1",
                      const std::string& core_spec = "TK.SMALL1",
                      std::uint32_t cores = 2);

const store::Node& node(const ClusterPlan& plan, const std::string& name);
const store::Role& role(const store::Node& node, const std::string& name);

// A rendered file of a node; ends the test program when it is missing.
std::string file(const ClusterPlan& plan, const std::string& node_name, const std::string& path);

// A value of a node's rendered XML or properties file as Hadoop would read it; "(none)" when it is
// not there.
std::string value(const ClusterPlan& plan,
                  const std::string& node_name,
                  const std::string& path,
                  const std::string& key);

// The heap that a role's command line asks for, in MB.
std::uint32_t heap_mb(const store::Role& role);

}  // namespace tusker::testing
