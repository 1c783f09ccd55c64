#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tusker {

// Paths inside a node. The image, the bundles and the agent know them too.
inline constexpr std::string_view kConfigurationPath = "/etc/tusker/current";
inline constexpr std::string_view kJavaPath = "/usr/lib/jvm/default/bin/java";
inline constexpr std::string_view kJavaHome = "/usr/lib/jvm/default";
inline constexpr std::string_view kTemporaryPath = "/data/1/tmp";

// The bundle that HDFS and YARN run from, that of Spark, and that of ZooKeeper.
inline constexpr std::string_view kHadoopBundle = "hadoop";
inline constexpr std::string_view kSparkBundle = "spark";
inline constexpr std::string_view kZookeeperBundle = "zookeeper";

// Where a component's bundle is mounted: /opt/tusker/hadoop.
inline std::string bundle_path(std::string_view bundle) {
  return fmt::format("/opt/tusker/{}", bundle);
}
// Its class-data-sharing archive: /opt/tusker/hadoop.jsa.
inline std::string archive_path(std::string_view bundle) {
  return fmt::format("/opt/tusker/{}.jsa", bundle);
}
// Disk 1: /data/1/hdfs/data.
inline std::string disk_path(std::uint32_t disk, std::string_view path) {
  return fmt::format("/data/{}/{}", disk, path);
}

}  // namespace tusker
