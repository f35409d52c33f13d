#pragma once
// Bell: what waiting threads sleep on. A futex word, because interrupt() must be callable from a signal handler, which
// no condition variable allows.

#include "kue/base/futex.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kue::memory {

class Bell {
 public:
  std::uint32_t strokes() const { return word_.load(); }

  // Wakes every sleeper. All of them, because they may wait for different queues; each looks for itself.
  void ring() noexcept;

  // As ring, and the next sleep returns at once, even if nobody sleeps now. Async-signal-safe.
  void interrupt() noexcept;

  // Returns when the bell was rung since `strokes`, after `at_most`, at an interrupt, or for no reason.
  void sleep(std::uint32_t strokes, std::chrono::nanoseconds at_most) noexcept;

  // True once for each interrupt() since the last call.
  bool take_interrupt() noexcept { return interrupted_.exchange(false); }

 private:
  FutexWord word_{0};
  std::atomic<bool> interrupted_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace kue::memory
