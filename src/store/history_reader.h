#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/guarded.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace tusker {

// Answers questions about history on a thread of its own ("store-reader") with a read-only
// connection, so that a long read never holds up a commit. Asked and destroyed on the loop's
// thread; answers are posted there, none after it is destroyed.
class HistoryReader {
 public:
  HistoryReader(std::string path, Post post);
  ~HistoryReader();

  void read(HistoryQuery query, HistoryAnswer answer);

 private:
  struct Question {
    HistoryQuery query;
    HistoryAnswer answer;
  };
  void answer_until_stopped();

  const std::string path_;
  const Post post_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Question> questions_ TK_GUARDED_BY(mutex_);
  bool stopping_ TK_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tusker
