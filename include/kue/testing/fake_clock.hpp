#pragma once
// FakeClock: a clock that stands still until a test moves it.
//
//   kue::testing::FakeClock clock;
//   auto store = kue::open_store("memory:", {.clock = &clock});
//   store->push({.jobs = due_in_an_hour});
//   clock.advance(1h);                                   // and now it is due
//
// Thread-safe. It does not wake anybody: a thread that sleeps in the kernel sleeps by the kernel's time.

#include <kue/clock.hpp>

#include <atomic>

namespace kue::testing {

class FakeClock : public Clock {
 public:
  explicit FakeClock(TimePoint wall = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)))
      : wall_(wall.time_since_epoch().count()) {}

  TimePoint now() const override { return TimePoint(Millis(wall_.load())); }
  SteadyPoint steady_now() const override { return SteadyPoint(Millis(steady_.load())); }

  void advance(Millis time) {  // time passes
    wall_ += time.count();
    steady_ += time.count();
  }
  void set_wall(TimePoint wall) { wall_ = wall.time_since_epoch().count(); }  // an administrator sets the clock

 private:
  std::atomic<Millis::rep> wall_;
  std::atomic<Millis::rep> steady_{1'000'000};
};

}  // namespace kue::testing
