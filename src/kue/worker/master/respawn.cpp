#include "kue/worker/master/respawn.hpp"

#include <algorithm>

namespace kue::worker {
namespace {

constexpr Millis kLivedWell{1000};  // a process that lasted this long did not die of its start
// One that did start, and died soon: somebody kills it. Without a keeper nobody gives back what a dead child held, so
// it never waits longer than this.
constexpr Millis kStartedLongest{500};

}  // namespace

void Respawn::ended(Life const& life, SteadyPoint now) {
  if (!life.booted) ++failed_boots_;
  if (life.booted && (life.worked || life.lasted >= kLivedWell)) {
    delay_ = Millis(0);
    next_ = now;
    return;
  }
  wait(now, life.booted ? std::min(kStartedLongest, longest_) : longest_);
}

void Respawn::wait(SteadyPoint now, Millis longest) {
  if (now < next_) return;  // several that fail at once are one failure
  delay_ = std::min(delay_ == Millis(0) ? shortest_ : delay_ * 2, longest);
  next_ = now + delay_;
}

}  // namespace kue::worker
