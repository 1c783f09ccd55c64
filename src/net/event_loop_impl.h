#pragma once

// For src/net only: what an EventLoop is made of.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <deque>

#include "net/event_loop.h"

namespace tusker {

class EventLoop::Impl {
 public:
  boost::asio::io_context context{1};  // 1: run by one thread, posted to by any
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::deque<boost::asio::signal_set> signals;  // a deque: they do not move
  SystemClock clock;
};

}  // namespace tusker
