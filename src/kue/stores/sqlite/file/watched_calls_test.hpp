#pragma once
// WatchedCalls: calls of the kernel whose place a test program has taken: which came, and what is answered instead.

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace kue::sqlite::test {

template <class Call> class WatchedCalls {
 public:
  using Answer = std::function<int(Call const&)>;  // an errno, or 0 to go on to the kernel

  // From the function that took the place.
  int came(Call const& call) {
    Answer answer;
    {
      std::lock_guard const held(mutex_);
      calls_.push_back(call);
      answer = answer_;
    }
    return answer ? answer(call) : 0;  // it may wait
  }

  std::vector<Call> during(std::function<void()> const& body) {
    {
      std::lock_guard const held(mutex_);
      calls_.clear();
    }
    body();
    std::lock_guard const held(mutex_);
    return calls_;
  }

  // As long as it lives.
  class Answered {
   public:
    Answered(WatchedCalls& calls, Answer answer) : calls_(calls) { calls_.answer(std::move(answer)); }
    ~Answered() { calls_.answer({}); }
    Answered(Answered const&) = delete;
    Answered& operator=(Answered const&) = delete;

   private:
    WatchedCalls& calls_;
  };

 private:
  void answer(Answer answer) {
    std::lock_guard const held(mutex_);
    answer_ = std::move(answer);
  }

  std::mutex mutex_;
  std::vector<Call> calls_;
  Answer answer_;
};

}  // namespace kue::sqlite::test
