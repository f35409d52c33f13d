#pragma once
// Respawn: when a process that ended may be started again. At once if it had worked, later and later if it fails to
// start.

#include <kue/clock.hpp>
#include <kue/limits.hpp>

namespace kue::worker {

class Respawn {
 public:
  Respawn(Millis shortest, Millis longest) : shortest_(shortest), longest_(longest) {}

  struct Life {
    bool booted = false;  // reached its work
    bool worked = false;  // ran at least one job
    Millis lasted{0};
  };

  void ended(Life const& life, SteadyPoint now);
  void fork_failed(SteadyPoint now) { wait(now, longest_); }
  void booted() { failed_boots_ = 0; }

  bool may_start(SteadyPoint now) const { return now >= next_; }
  SteadyPoint next() const { return next_; }
  int failed_boots() const { return failed_boots_; }  // in a row
  bool give_up() const { return failed_boots_ >= limits::kMaxFailedBoots; }

 private:
  void wait(SteadyPoint now, Millis longest);

  Millis shortest_, longest_;
  Millis delay_{0};
  SteadyPoint next_{};
  int failed_boots_ = 0;
};

}  // namespace kue::worker
