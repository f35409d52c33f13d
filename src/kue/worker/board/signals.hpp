#pragma once
// Signals of a worker's processes: blocked and read by the master (signalfd), reset in children before user code.

#include "kue/worker/board/scoreboard.hpp"

#include <csignal>
#include <initializer_list>

namespace kue::worker {

// The master reads its signals from a descriptor: no handler runs in it, so none can be inherited by a child.
class MasterSignals {
 public:
  MasterSignals(std::initializer_list<int> handled);  // throws Error(unavailable)
  ~MasterSignals();                                   // as it was before
  MasterSignals(MasterSignals const&) = delete;

  int descriptor() const { return fd_.get(); }
  int next();  // 0: none is waiting
  void close_in_child() noexcept { fd_.reset(); }

 private:
  sigset_t before_{};
  struct sigaction child_before_ {
  }, pipe_before_{};
  Fd fd_;
};

// After the fork, in a child: every handler of the parent's program is forgotten, TERM, QUIT and INT ask this slot to
// stop, writing to a pipe that nobody reads is an error and no death, and all signals are let through. Handlers do not
// survive exec, so a program that a job starts has defaults.
void set_child_signals(Slot& slot) noexcept;
// The keeper ends last: it does not hear TERM, QUIT, INT, HUP, TTIN, TTOU.
void set_keeper_signals() noexcept;

}  // namespace kue::worker
