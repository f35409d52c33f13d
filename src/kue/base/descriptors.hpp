#pragma once
// Whether this process still has the descriptors that it opened. A job may close them all, and their numbers then name
// its own next files: a store asks before it touches its own. Who can tell sets the check (a worker's child, by its
// Sentinel).

#include <atomic>

namespace kue {

inline std::atomic<bool (*)() noexcept> descriptors_check{nullptr};

inline bool descriptors_intact() noexcept {
  auto const check = descriptors_check.load(std::memory_order_relaxed);
  return check == nullptr || check();
}

}  // namespace kue
