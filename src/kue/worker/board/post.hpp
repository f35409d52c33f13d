#pragma once
// Post: what a child or keeper is given by its master at the fork: where it stands, and what it works with.

#include "kue/worker/board/scoreboard.hpp"

#include <kue/store_queue.hpp>
#include <kue/worker.hpp>

#include <exception>
#include <functional>

namespace kue::worker {

struct Post {
  Worker& worker;
  WorkerParts const& parts;
  Scoreboard& board;
  int slot_index = -1;
  int master_pid = 0;
  int keeper_bell = -1;  // eventfd: a child rings when jobs wait in its entries and nobody watches
  std::uint64_t node = 0;
  LockFile lock;                               // of the node
  std::function<void(EventInfo const&)> emit;  // never throws
  std::function<bool(WorkerEvent)> wants;      // a handler listens
  std::function<void(std::uint64_t)> set_holder;

  WorkerOptions const& options() const { return worker.options(); }
  Slot& slot() const { return board.slot(slot_index); }
};

// The StoreQueue itself or behind another; null for a user's own queue.
StoreQueue* store_queue_in(Queue& queue);

// Why this process cannot work, told to the master through its slot.
void report_boot_failure(Slot& slot, std::exception const& why);

// Services that know nothing, for workers without any.
std::shared_ptr<Services> services_of(WorkerParts const& parts);
// The queue of this process; throws Error(refused) if it is a store that no other process sees.
std::shared_ptr<Queue> open_queue(WorkerParts const& parts);

}  // namespace kue::worker
