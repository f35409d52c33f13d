#pragma once
// Clock: the only source of time in kue, so that a test can set it.
//
//   kue::TimePoint due = kue::Clock::system().now() + 5min;
//
// Wall time (UTC, milliseconds) orders and schedules; steady time measures. Thread-safe.

#include <chrono>
#include <cstdint>

namespace kue {

using Millis = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Millis>;                                 // wall clock, UTC
using SteadyPoint = std::chrono::time_point<std::chrono::steady_clock, Millis>;  // never set back; for intervals

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual SteadyPoint steady_now() const = 0;

  static Clock const& system();
};

}  // namespace kue
