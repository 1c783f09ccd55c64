#include "control/journal.h"

namespace tusker {

Journal::Journal(Model& model, Store& store) : model_(model), store_(store) {
  store_.on_durable([this](CommitNumber number) { became_durable(number); });
}

CommitNumber Journal::commit(Change change) {
  // Memory first: a change that the model refuses ends the process, and must not be on disk then.
  const Touched touched = model_.apply(change);
  current_ = store_.submit(std::move(change));
  if (listener_) listener_(touched);
  return current_;
}

void Journal::when_durable(CommitNumber number, std::function<void()> then) {
  TK_CHECK(number <= current_,
           "waits for commit {}, and memory has {}",
           static_cast<std::uint64_t>(number),
           static_cast<std::uint64_t>(current_));
  // Not past somebody who waits already: frames to one agent keep their order.
  if (number <= durable_ && waiting_.empty()) {
    then();
    return;
  }
  auto place = waiting_.end();
  while (place != waiting_.begin() && std::prev(place)->first > number) --place;
  waiting_.emplace(place, number, std::move(then));
}

void Journal::became_durable(CommitNumber number) {
  if (number > durable_) durable_ = number;
  while (!waiting_.empty() && waiting_.front().first <= durable_) {
    const std::function<void()> then = std::move(waiting_.front().second);
    waiting_.pop_front();
    then();
  }
}

}  // namespace tusker
