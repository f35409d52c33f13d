#pragma once
// eventfd: a bell that poll(2) hears. Rung any number of times it stays readable until it is cleared, once for all.
//
//   Fd bell = open_eventfd();        // closed at exec; inherited by a fork, where it is the same bell
//   if (!bell) ...errno...
//   ring_eventfd(bell.get());

#include "kue/base/fd.hpp"

#include <sys/eventfd.h>

#include <cstdint>

namespace kue {

inline Fd open_eventfd() noexcept { return Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

// Never waits. It fails only if the bell was rung 2^64 - 2 times before, and then it is readable anyway.
// Async-signal-safe but for errno.
inline void ring_eventfd(int descriptor) noexcept {
  std::uint64_t const one = 1;
  [[maybe_unused]] auto const written = ::write(descriptor, &one, sizeof one);
}

// Never waits. What was done before a ring that this clears is seen after it.
inline void clear_eventfd(int descriptor) noexcept {
  std::uint64_t rings = 0;
  [[maybe_unused]] auto const got = ::read(descriptor, &rings, sizeof rings);
}

}  // namespace kue
