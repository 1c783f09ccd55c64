#include "model/clock_watch.h"

#include <gtest/gtest.h>

namespace tusker {
namespace {

using namespace std::chrono_literals;

class ClockWatchTest : public testing::Test {
 protected:
  // The next heartbeat, 2 s later by our clock; `late` on its way.
  void beat(std::chrono::milliseconds stepped = 0ms, std::chrono::milliseconds late = 0ms) {
    now_ += 2s;
    wall_ += 2s + stepped;
    watch_.heard(wall_.count(), now_ + late);
  }
  ClockWatch watch_;
  Time now_{100s};
  std::chrono::milliseconds wall_{1767225600000};
};

TEST_F(ClockWatchTest, TellsBySoMuchAClockWasSet) {
  beat();
  beat();
  EXPECT_FALSE(watch_.last());
  beat(1h);
  beat();
  ASSERT_TRUE(watch_.last());
  EXPECT_EQ(watch_.last()->by, 1h);
  EXPECT_EQ(watch_.last()->at, now_);
  beat(-90s);
  beat();
  EXPECT_EQ(watch_.last()->by, -90s);
}

TEST_F(ClockWatchTest, TakesNoNoteOfWhatIsLateOrSlow) {
  beat();
  for (int i = 0; i < 100; ++i) beat(100ms);  // a clock that is being slewed
  EXPECT_FALSE(watch_.last());
  beat(0ms, 30s);
  beat();
  EXPECT_FALSE(watch_.last()) << "one heartbeat came late";
}

}  // namespace
}  // namespace tusker
