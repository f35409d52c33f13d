#pragma once
// Hooks: the user's code that a keeper calls (event handlers, failed()), on a thread of its own: code that hangs there
// must not keep the keeper from giving back jobs.

#include <condition_variable>
#include <deque>
#include <functional>
#include <kue/clock.hpp>
#include <mutex>
#include <thread>

namespace kue::worker {

class Hooks {
 public:
  Hooks();
  ~Hooks() = default;  // after finish(): what still hangs is left to the end of the process

  void call(std::function<void()> hook);  // in order; must not throw
  void finish(Millis patience);           // waits until all have been called, or not longer than this

 private:
  struct Line {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    bool busy = false;
  };
  std::shared_ptr<Line> line_;  // shared with the thread, which may outlive this object
};

}  // namespace kue::worker
