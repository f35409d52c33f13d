#include "kue/stores/memory/process/bell.hpp"

namespace kue::memory {

void Bell::ring() noexcept { futex_ring(word_, FutexScope::process_private); }

void Bell::interrupt() noexcept {
  interrupted_.store(true);  // before the ring: a sleeper that reads the new word also finds this
  ring();
}

void Bell::sleep(std::uint32_t strokes, std::chrono::nanoseconds at_most) noexcept {
  // Returns at once if the word is no longer `strokes`: a ring before this call is not missed.
  futex_wait(word_, strokes, at_most, FutexScope::process_private);
}

}  // namespace kue::memory
