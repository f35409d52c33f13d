#include "kue/worker/respawn.hpp"

#include <algorithm>

namespace kue::worker {
namespace {

constexpr Millis kLivedWell{1000};  // a process that lasted this long did not die of its start

}  // namespace

void Respawn::ended(Life const& life, SteadyPoint now) {
  if (!life.booted) ++failed_boots_;
  if (life.booted && (life.worked || life.lasted >= kLivedWell)) {
    delay_ = Millis(0);
    next_ = now;
    return;
  }
  wait(now);
}

void Respawn::wait(SteadyPoint now) {
  if (now < next_) return;  // several that fail at once are one failure
  delay_ = delay_ == Millis(0) ? shortest_ : std::min(delay_ * 2, longest_);
  next_ = now + delay_;
}

}  // namespace kue::worker
