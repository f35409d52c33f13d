#pragma once
// Verdict: what the death of a process means for the job that it was running.

#include "kue/worker/board/scoreboard.hpp"

#include <kue/outcome.hpp>

#include <string>

namespace kue::worker {

struct Death {
  int wait_status = 0;                // as waitpid(2) gives it
  KillCause cause = KillCause::none;  // why we killed it, if we did
  bool out_of_memory = false;         // the kernel killed somebody for memory just now
};

// "signal 11 (Segmentation fault)", "exit code 3"
std::string describe_wait_status(int wait_status);

// A job that had started and not ended when its process died.
Outcome verdict(Death const& death, EntryView const& job, Millis hard_grace);

}  // namespace kue::worker
