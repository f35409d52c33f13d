#include "kue/stores/memory/process/bell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <ctime>

namespace kue::memory {

void Bell::ring() noexcept {
  // errno is kept: this may run in a signal handler that interrupted code about to read it.
  int const saved = errno;
  word_.fetch_add(1);
  ::syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  errno = saved;
}

void Bell::interrupt() noexcept {
  interrupted_.store(true);  // before the ring: a sleeper that reads the new word also finds this
  ring();
}

void Bell::sleep(std::uint32_t strokes, std::chrono::nanoseconds at_most) noexcept {
  if (at_most <= std::chrono::nanoseconds(0)) return;
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(seconds.count());
  timeout.tv_nsec = static_cast<long>((at_most - seconds).count());
  // Returns at once with EAGAIN if the word is no longer `strokes`: a ring before this call is not missed.
  ::syscall(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, strokes, &timeout, nullptr, 0);
}

}  // namespace kue::memory
