#pragma once
// Release: writes to the store what a dead process's jobs came to. Always by holder, from what the store says is
// running; the slot of the dead process is only asked what was started or done.

#include "kue/worker/board/scoreboard.hpp"
#include "kue/worker/board/verdict.hpp"

#include <kue/store.hpp>

#include <optional>
#include <span>
#include <vector>

namespace kue::worker {

struct Released {
  RunningJob row;
  std::optional<EntryView> entry;
  Outcome outcome;
  Transition transition;
  FinishStatus status = FinishStatus::stale;

  std::uint32_t attempt() const { return entry ? entry->attempt : row.tally.attempt + 1; }
  bool written() const { return status == FinishStatus::applied || status == FinishStatus::cancelled; }
  std::string name() const { return row.kind + "#" + row.claim.id.str(); }
  void answered(FinishStatus answer);  // by the store; `transition` is what became of the job then
};

struct Releaser {
  Store& store;
  std::uint64_t node = 0;
  int pid = 0;  // of the process that had it, for the job's history; 0: unknown

  // One row, one outcome. What the store refuses for good is replaced: see core::without_what_is_refused.
  Released write(RunningJob const& row, std::optional<EntryView> const& entry, Outcome outcome);
  // Many, in one call a verb; fills in transitions and statuses. If the store refuses one of them for good: one by one.
  void write_all(std::span<Released> all);

 private:
  Finish describe(Released& one) const;  // decides, too
};

// Every row that `slot`'s holder has. Throws what the store throws; then nothing is forgotten and it can be called
// again.
std::vector<Released> release_holder(Store& store, std::uint64_t node, Slot const& slot, Death const& death,
                                     Millis hard_grace);

// "it is available again (crash 1 of 3)", "discarded (poison)"
std::string describe_release(Released const& released);

}  // namespace kue::worker
