#pragma once
// Turnstile: a lock before SQLite's own, for fairness only. SQLite's waiting is a lottery that starves a process
// (measured).
//
//   turnstile.enter();       // at most 250 ms; then goes on without it
//   ... BEGIN IMMEDIATE ... COMMIT ...
//   turnstile.leave();
//
// It is a flock on the wake file, so the kernel opens it when a process dies. Correctness does not depend on it. A
// process that finds it closed sleeps until it opens, in order of arrival. A newcomer may slip in before the one that
// was woken, which spares a change of process; but not before one that has waited for long.

#include "kue/stores/sqlite/file/wake_file.hpp"

#include <chrono>
#include <cstdint>

namespace kue::sqlite {

class Turnstile {
 public:
  explicit Turnstile(WakeFile& shared) : shared_(shared) {}
  void enter();
  void leave();

  // Counts how often others have left it, in this process or another one. Wraps round.
  std::uint32_t others() const { return shared_.turnstile().openings.load() - left_; }

 private:
  bool try_enter();
  void wait_and_enter(std::uint32_t seen);
  bool others_first() const;
  void newcomers_stand_aside(std::chrono::milliseconds for_so_long);

  WakeFile& shared_;
  bool inside_ = false;
  std::uint32_t left_ = 0;
};

}  // namespace kue::sqlite
