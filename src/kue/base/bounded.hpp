#pragma once
// bounded: a time to wait such that now + it is still a moment. Millis::max() is how a caller says "for as long as it
// takes", and would overflow.

#include <kue/clock.hpp>

#include <algorithm>
#include <chrono>

namespace kue {

inline Millis bounded(Millis wait) {
  constexpr Millis kCentury = std::chrono::hours(24 * 365 * 100);
  return std::clamp(wait, Millis(0), kCentury);
}

}  // namespace kue
