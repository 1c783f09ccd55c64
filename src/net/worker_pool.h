#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "net/event_loop.h"

namespace tusker {

// Named threads for what blocks (fsync, hashing big files, starting programs): work runs there, and
// its value comes back to the loop.
//
// Shares nothing with the loop but the queue. submit() and the destructor belong to the loop's
// thread. The destructor waits for work that has begun, drops work that has not, and after it no
// `done` is called. The loop outlives the pool.
class WorkerPool {
 public:
  // Threads are called `name` in ps and logs (at most 15 bytes are shown). They block all signals.
  WorkerPool(EventLoop& loop, std::string name, int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work()` on a thread of the pool, in the order of submission, then `done(value)` on the
  // loop; done() if work returns nothing. Neither may throw.
  template <typename Work, typename Done>
  void submit(Work work, Done done) {
    using Value = std::invoke_result_t<Work&>;
    // shared: std::function wants copyable functions, and values such as files are not.
    auto shared_work = std::make_shared<Work>(std::move(work));
    auto shared_done = std::make_shared<Done>(std::move(done));
    if constexpr (std::is_void_v<Value>) {
      enqueue([shared_work, shared_done]() -> std::function<void()> {
        (*shared_work)();
        return [shared_done] { (*shared_done)(); };
      });
    } else {
      enqueue([shared_work, shared_done]() -> std::function<void()> {
        auto value = std::make_shared<Value>((*shared_work)());
        return [shared_done, value] { (*shared_done)(std::move(*value)); };
      });
    }
  }

  // How much work waits or runs.
  std::size_t unfinished() const;

 private:
  struct Shared;
  // The job runs on a thread; what it returns runs on the loop.
  void enqueue(std::function<std::function<void()>()> job);

  std::shared_ptr<Shared> shared_;
};

}  // namespace tusker
