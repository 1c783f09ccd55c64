#include "control/metadata.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

using namespace std::chrono_literals;

TEST(MetadataCopies, AreDueAnHourAfterTheLastOneWhicheverWayTheClockWent) {
  constexpr std::int64_t kStart = 1767225600000;
  constexpr std::int64_t kHour = 3600 * 1000;
  store::Cluster cluster;
  cluster.set_running_since_wall_ms(kStart);
  EXPECT_FALSE(is_copy_due(cluster, 1h, WallTime{kStart + kHour - 1}));
  EXPECT_TRUE(is_copy_due(cluster, 1h, WallTime{kStart + kHour}));
  cluster.add_metadata_copies()->set_wall_ms(kStart + kHour);
  EXPECT_FALSE(is_copy_due(cluster, 1h, WallTime{kStart + kHour}));
  EXPECT_TRUE(is_copy_due(cluster, 1h, WallTime{kStart + 2 * kHour}));
  EXPECT_TRUE(is_copy_due(cluster, 1h, WallTime{kStart})) << "the clock was set back";
}

}  // namespace
}  // namespace tusker
