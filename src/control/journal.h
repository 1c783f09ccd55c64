#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "model/model.h"
#include "store/store.h"

namespace tusker {

// The commit rule: a change is in memory at once, and is told to nobody before it is durable.
//
// Everything that leaves the server, a reply or a frame to an agent, is made from memory at some
// current(), and leaves in when_durable() of that number: at once if no write is in flight. So no
// crash takes an answer back. Loop thread only. Model and store outlive it.
class Journal {
 public:
  Journal(Model& model, Store& store);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // In force in memory when it returns, and queued to the store. Calls the listener.
  CommitNumber commit(Change change);

  // The number that memory has: everything up to it is part of what is read from the model now.
  CommitNumber current() const { return current_; }
  CommitNumber durable() const { return durable_; }

  // Runs `then` once `number` is durable: before it returns if it already is and nobody waits, else
  // in the order of numbers and, for one number, of calls. Never if the process dies first.
  void when_durable(CommitNumber number, std::function<void()> then);

  // Who hears what each commit touched. One listener: the controller. It must not commit from
  // within the call.
  void on_touched(std::function<void(const Touched&)> listener) { listener_ = std::move(listener); }

 private:
  void became_durable(CommitNumber number);

  Model& model_;
  Store& store_;
  CommitNumber current_ = kNothingCommitted;
  CommitNumber durable_ = kNothingCommitted;
  std::function<void(const Touched&)> listener_;
  std::deque<std::pair<CommitNumber, std::function<void()>>> waiting_;  // in order of number
};

}  // namespace tusker
