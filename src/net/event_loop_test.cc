#include "net/event_loop.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>
#include <vector>

#include "net/worker_pool.h"

namespace tusker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(EventLoop, RunsPostedFunctionsInOrderAndStopsWhenTold) {
  EventLoop loop;
  std::vector<int> order;
  loop.post([&] { order.push_back(1); });
  loop.post([&] {
    order.push_back(2);
    loop.stop();
  });
  loop.post([&] { order.push_back(3); });
  loop.run();
  EXPECT_EQ(order, (std::vector{1, 2}));
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(EventLoop, TakesPostsFromOtherThreadsAndKnowsItsOwn) {
  EventLoop loop;
  bool inside = false;
  std::thread other([&] {
    EXPECT_FALSE(loop.in_loop_thread());
    loop.post([&] { inside = loop.in_loop_thread(); });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  EXPECT_TRUE(inside);
}

TEST(EventLoop, CallsTimersInTheOrderOfTheirDelays) {
  EventLoop loop;
  std::vector<int> order;
  const Timer late = loop.after(milliseconds(4), [&] { order.push_back(2); });
  const Timer early = loop.after(milliseconds(1), [&] { order.push_back(1); });
  EXPECT_TRUE(late.pending());
  EXPECT_TRUE(loop.run_until([&] { return order.size() == 2; }, seconds(10)));
  EXPECT_EQ(order, (std::vector{1, 2}));
  EXPECT_FALSE(late.pending());
}

TEST(EventLoop, DoesNotCallATimerThatIsCancelledWhenItIsAlreadyDue) {
  EventLoop loop;
  bool second_called = false;
  Timer second;
  // Both are due in the same turn; the first takes the second back.
  const Timer first = loop.after(Duration(0), [&] { second.cancel(); });
  second = loop.after(Duration(0), [&] { second_called = true; });
  bool after = false;
  const Timer last = loop.after(milliseconds(1), [&] { after = true; });
  EXPECT_TRUE(loop.run_until([&] { return after; }, seconds(10)));
  EXPECT_FALSE(second_called);
}

TEST(EventLoop, LetsATimerReplaceItselfFromItsOwnFunction) {
  EventLoop loop;
  int calls = 0;
  Timer timer;
  std::function<void()> again = [&] {
    if (++calls < 3) timer = loop.after(Duration(0), again);
  };
  again();
  EXPECT_TRUE(loop.run_until([&] { return calls == 3; }, seconds(10)));
}

TEST(EventLoop, HandsSignalsToTheirFunctionEachTime) {
  EventLoop loop;
  std::vector<int> numbers;
  loop.on_signal({SIGUSR1, SIGUSR2}, [&](int number) { numbers.push_back(number); });
  ::raise(SIGUSR1);
  ASSERT_TRUE(loop.run_until([&] { return numbers.size() == 1; }, seconds(10)));
  ::raise(SIGUSR2);
  ASSERT_TRUE(loop.run_until([&] { return numbers.size() == 2; }, seconds(10)));
  EXPECT_EQ(numbers, (std::vector{SIGUSR1, SIGUSR2}));
}

TEST(WorkerPool, BringsValuesBackToTheLoopThread) {
  EventLoop loop;
  WorkerPool pool(loop, "test", 2);
  const auto here = std::this_thread::get_id();
  std::unique_ptr<int> value;
  bool done = false;
  pool.submit([] { return std::make_unique<int>(7); },
              [&](std::unique_ptr<int> came) {
                EXPECT_EQ(std::this_thread::get_id(), here);
                value = std::move(came);
              });
  pool.submit([&] { EXPECT_NE(std::this_thread::get_id(), here); }, [&] { done = true; });
  EXPECT_EQ(pool.unfinished(), 2U);
  ASSERT_TRUE(loop.run_until([&] { return value && done; }, seconds(10)));
  EXPECT_EQ(*value, 7);
  EXPECT_EQ(pool.unfinished(), 0U);
}

// Tells on which thread what a completion captured was destroyed.
struct Witness {
  std::thread::id* where;
  ~Witness() { *where = std::this_thread::get_id(); }
};

TEST(WorkerPool, DestroysWhatACompletionCapturedOnTheLoopThread) {
  EventLoop loop;
  WorkerPool pool(loop, "test", 1);
  for (int i = 0; i < 50; ++i) {
    std::thread::id where;
    bool done = false;
    auto witness = std::make_shared<Witness>(Witness{&where});
    pool.submit([] {}, [&done, witness = std::move(witness)] { done = true; });
    ASSERT_TRUE(loop.run_until([&] { return done && where != std::thread::id(); }, seconds(10)));
    EXPECT_EQ(where, std::this_thread::get_id());
  }
}

TEST(WorkerPool, CallsNothingAfterItsEnd) {
  EventLoop loop;
  bool called = false;
  {
    WorkerPool pool(loop, "test", 1);
    for (int i = 0; i < 100; ++i) pool.submit([] {}, [&] { called = true; });
  }
  bool turned = false;
  loop.post([&] { turned = true; });
  loop.run_until([&] { return turned; }, seconds(10));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace tusker
