#include "kue/base/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <ctime>

namespace kue {
namespace {

class KeptErrno {
 public:
  KeptErrno() = default;
  ~KeptErrno() { errno = value_; }
  KeptErrno(KeptErrno const&) = delete;
  KeptErrno& operator=(KeptErrno const&) = delete;

 private:
  int const value_ = errno;
};

long futex(FutexWord const& word, int operation, std::uint32_t value, timespec const* limit,
           std::uint32_t mask) noexcept {
  return ::syscall(SYS_futex, &word, operation, value, limit, nullptr, mask);
}

int of(FutexScope scope) noexcept { return scope == FutexScope::process_private ? FUTEX_PRIVATE_FLAG : 0; }

timespec as_timespec(std::chrono::nanoseconds time) noexcept {
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = static_cast<time_t>(seconds.count()), .tv_nsec = static_cast<long>((time - seconds).count())};
}

}  // namespace

void futex_wait(FutexWord const& word, std::uint32_t seen, std::chrono::nanoseconds at_most,
                FutexScope scope) noexcept {
  if (at_most.count() <= 0) return;
  KeptErrno const kept;
  timespec const limit = as_timespec(at_most);
  futex(word, FUTEX_WAIT | of(scope), seen, &limit, 0);
}

bool futex_wait_masked(FutexWord const& word, std::uint32_t seen, std::uint32_t mask,
                       std::chrono::nanoseconds at_most) noexcept {
  if (at_most.count() <= 0) return true;
  KeptErrno const kept;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  // Unlike FUTEX_WAIT this one takes a point of time.
  timespec const end = as_timespec(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) + at_most);
  return futex(word, FUTEX_WAIT_BITSET, seen, &end, mask) != 0 && errno == ETIMEDOUT;
}

int futex_wake(FutexWord& word, int most, FutexScope scope) noexcept {
  KeptErrno const kept;
  return static_cast<int>(futex(word, FUTEX_WAKE | of(scope), static_cast<std::uint32_t>(most), nullptr, 0));
}

int futex_wake_masked(FutexWord& word, std::uint32_t mask, int most) noexcept {
  KeptErrno const kept;
  return static_cast<int>(futex(word, FUTEX_WAKE_BITSET, static_cast<std::uint32_t>(most), nullptr, mask));
}

void futex_ring(FutexWord& word, FutexScope scope) noexcept {
  word.fetch_add(1);
  futex_wake(word, INT_MAX, scope);
}

}  // namespace kue
