#include "model/clock_watch.h"

namespace tusker {
namespace {

using std::chrono::milliseconds;

// Far more than what a busy machine delays, and less than what Hadoop's tokens bear.
constexpr milliseconds kStep{5000};

bool agree(milliseconds a, milliseconds b) {
  return std::chrono::abs(a - b) < kStep;
}

}  // namespace

void ClockWatch::heard(std::int64_t wall_ms, Time now) {
  const milliseconds ahead =
      milliseconds(wall_ms) - std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  if (!ahead_ || agree(ahead, *ahead_)) {
    ahead_ = ahead;
    suspected_.reset();
  } else if (suspected_ && agree(ahead, *suspected_)) {
    last_ = Step{ahead - *ahead_, now};
    ahead_ = ahead;
    suspected_.reset();
  } else {
    suspected_ = ahead;
  }
}

}  // namespace tusker
