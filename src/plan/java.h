#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/definitions.h"
#include "proto/store.pb.h"

namespace tusker {

// How JVMs are started in nodes (docs/reference/operations.md, YARN and MapReduce).

// What a component's JVMs run from.
struct JavaBundle {
  std::string name;  // hadoop
  std::vector<std::string>
      class_path;  // jars, in the order that the class-data-sharing archive was dumped with
  bool has_archive = false;
};

// From a bundle's row: fact "class_path", jars separated by ':'. FailedPrecondition when it has
// none.
Result<JavaBundle> java_bundle(const store::Bundle& bundle, bool has_archive);

// "jvm.args": the file below /etc/tusker/current that a bundle's daemons take their arguments from.
std::string daemon_arguments_file(std::string_view bundle);

// Contents of the argument files. Class path: the jars, then configuration, then web pages;
// directories must come after what was archived.
std::vector<std::string> daemon_arguments(const JavaBundle& bundle);  // jvm.args
std::vector<std::string> client_arguments(const JavaBundle& bundle,
                                          std::uint32_t heap_mb);  // client.args
std::vector<std::string> task_arguments(const JavaBundle& bundle,
                                        std::uint32_t heap_mb);  // mr.args

// Those of Spark, which sets heap sizes and opens Java's packages for its drivers and executors
// itself.
std::vector<std::string> spark_daemon_arguments(const JavaBundle& bundle);    // spark.args
std::vector<std::string> spark_driver_arguments(const JavaBundle& bundle);    // spark-driver.args
std::vector<std::string> spark_executor_arguments(const JavaBundle& bundle);  // spark-executor.args

// Those of ZooKeeper's server and of its command line.
std::vector<std::string> zookeeper_daemon_arguments(const JavaBundle& bundle);  // zookeeper.args
std::vector<std::string> zookeeper_client_arguments(
    const JavaBundle& bundle,
    std::uint32_t heap_mb);  // zookeeper-client.args

// The command line of a role: a Java role's, which runs from this bundle, or the definition's argv.
std::vector<std::string> role_command(const RoleDefinition& role,
                                      std::string_view bundle,
                                      std::uint32_t heap_mb);

// Of the tools that people run on a node.
std::uint32_t client_heap_mb(std::uint32_t node_memory_mb);

}  // namespace tusker
