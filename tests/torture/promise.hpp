#pragma once
// What every torture test asks for at its end, and how long it waits for what.

#include "arena.hpp"

#include <gtest/gtest.h>

namespace torture {

// Sanitizers slow every process down, and several of these tests share two cores with others.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlower = 3;
#else
inline constexpr int kSlower = 1;
#endif

inline constexpr milliseconds kGone(2000);  // after the master's death, for all of its processes
inline constexpr milliseconds kRecovered(5000 *
                                         kSlower);  // far below the 60 s after which a silent node is thought dead
inline constexpr milliseconds kNextKeeper(10'000 * kSlower);
inline constexpr milliseconds kUnderLoad(20'000 * kSlower);  // for a worker to boot and run its first jobs
inline constexpr milliseconds kDrained(120'000 * kSlower);

#define TORTURE_REQUIRE(condition, arena)           \
  if (!(condition)) {                               \
    (arena).keep_folder();                          \
    FAIL() << #condition << "\n" << (arena).logs(); \
  }

// Until the jobs are done and the worker has left in good order; then the checker's verdict.
void finish(Arena& arena, int kills, milliseconds recovered = kRecovered);

}  // namespace torture
