#pragma once
// Holdings: what the processes of a worker hold at this instant, read from the master's memory. No word of the product
// is asked: the scoreboard's bytes are copied through /proc, and a process that is looked at should be frozen (SIGSTOP)
// before.

#include <kue/id.hpp>

#include "kue/worker/board/entry.hpp"

#include <cstdint>
#include <vector>

namespace torture {

struct HeldJob {
  kue::JobId id;
  std::uint32_t claim_no = 0;
  kue::worker::EntryState state = kue::worker::EntryState::free;
  bool completed = false;  // its end stands in the entry, and is no failure
};

struct Holding {
  int pid = 0;  // of the child
  std::vector<HeldJob> jobs;

  bool has(kue::worker::EntryState state) const;
  bool has_taken() const;
};

// Of each child that lives; none if the master is gone.
std::vector<Holding> holdings_of(int master);

}  // namespace torture
