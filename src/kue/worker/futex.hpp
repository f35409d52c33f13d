#pragma once
// Futex words in memory shared by processes: sleep until a word changes, wake who sleeps on it.

#include <kue/clock.hpp>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

namespace kue::worker {

using FutexWord = std::atomic<std::uint32_t>;
static_assert(FutexWord::is_always_lock_free && sizeof(FutexWord) == 4);

// Returns when the word is no longer `seen`, when woken, at the time-out, or for no reason.
inline void futex_wait(FutexWord const& word, std::uint32_t seen, Millis timeout) noexcept {
  timespec const relative{.tv_sec = timeout.count() / 1000, .tv_nsec = (timeout.count() % 1000) * 1'000'000};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &relative, nullptr, 0);
}

// Async-signal-safe.
inline void futex_ring(FutexWord& word) noexcept {
  word.fetch_add(1, std::memory_order_acq_rel);
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace kue::worker
