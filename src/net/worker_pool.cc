#include "net/worker_pool.h"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace tusker {

struct WorkerPool::Shared {
  using Job = std::function<std::function<void()>()>;

  explicit Shared(EventLoop& owner) : loop(owner) {}

  EventLoop& loop;
  std::vector<std::thread> threads;
  bool open = true;            // loop's thread only
  std::size_t unfinished = 0;  // loop's thread only

  std::mutex mutex;  // guards queue and stopping
  std::condition_variable wake;
  std::deque<Job> queue;
  bool stopping = false;

  void work(const std::shared_ptr<Shared>& self);
};

void WorkerPool::Shared::work(const std::shared_ptr<Shared>& self) {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (stopping) return;
      job = std::move(queue.front());
      queue.pop_front();
    }
    std::function<void()> completion = job();
    // The job goes along: what it captured belongs to the loop's thread and must be destroyed
    // there.
    loop.post([self, job = std::move(job), completion = std::move(completion)] {
      if (!self->open) return;
      --self->unfinished;
      completion();
    });
  }
}

WorkerPool::WorkerPool(EventLoop& loop, std::string name, int threads)
    : shared_(std::make_shared<Shared>(loop)) {
  TK_CHECK(threads > 0, "pool {} of {} threads", name, threads);
  name.resize(std::min<std::size_t>(name.size(), 15));
  // Signals are the loop's: threads inherit the mask of whoever starts them.
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  for (int i = 0; i < threads; ++i) {
    std::thread& thread =
        shared_->threads.emplace_back([shared = shared_] { shared->work(shared); });
    pthread_setname_np(thread.native_handle(), name.c_str());
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WorkerPool::~WorkerPool() {
  shared_->open = false;
  std::deque<Shared::Job> dropped;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
    dropped.swap(shared_->queue);
  }
  shared_->wake.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
}

void WorkerPool::enqueue(std::function<std::function<void()>()> job) {
  ++shared_->unfinished;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->queue.push_back(std::move(job));
  }
  shared_->wake.notify_one();
}

std::size_t WorkerPool::unfinished() const {
  return shared_->unfinished;
}

}  // namespace tusker
