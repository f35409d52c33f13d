#pragma once
// Futex words: sleep until a word changes, wake who sleeps on it. The only place that makes the system call.
//
//   std::uint32_t const seen = word.load();  // first the word, then the look: a ring in between is not missed
//   if (nothing_to_do()) futex_wait(word, seen, 100ms);
//   ...elsewhere: make work, then futex_ring(word);
//
// Nothing here allocates, locks or changes errno: all of it may be called from a signal handler and after a fork.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kue {

using FutexWord = std::atomic<std::uint32_t>;
static_assert(FutexWord::is_always_lock_free && sizeof(FutexWord) == 4,
              "the kernel and other processes read it as a plain word");

// Who may sleep on the word. Private ones cost the kernel less, and are not found through another process's mapping.
enum class FutexScope { shared, process_private };

// Returns when the word is no longer `seen`, when woken, at the time-out, or for no reason.
void futex_wait(FutexWord const& word, std::uint32_t seen, std::chrono::nanoseconds at_most,
                FutexScope scope = FutexScope::shared) noexcept;
// The same, woken only by futex_wake_masked with a mask that has a bit of this one. True: the time was over.
bool futex_wait_masked(FutexWord const& word, std::uint32_t seen, std::uint32_t mask,
                       std::chrono::nanoseconds at_most) noexcept;

// Wakes at most `most` sleepers; says how many there were. The word itself is the caller's to change, before.
int futex_wake(FutexWord& word, int most, FutexScope scope = FutexScope::shared) noexcept;
int futex_wake_masked(FutexWord& word, std::uint32_t mask, int most) noexcept;

// Changes the word and wakes everybody.
void futex_ring(FutexWord& word, FutexScope scope = FutexScope::shared) noexcept;

}  // namespace kue
