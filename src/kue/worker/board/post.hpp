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
  int keeper_bell = -1;  // eventfd: the master rings when a child was born or died, or the stage changed; a child, when
                         // jobs wait in its entries and nobody watches
  int nudge = -1;        // eventfd: the keeper rings when a slot is free again, and when nothing is left to do
  int master_pidfd = -1;
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
std::shared_ptr<Services> all_services_of(WorkerParts const& parts, Registry const& registry);  // or throws
// The queue of this process; open_queue throws Error(refused) if it is a store that no other process sees.
std::shared_ptr<Queue> queue_of(WorkerParts const& parts);
std::shared_ptr<Queue> open_queue(WorkerParts const& parts);
// What is wrong with WorkerOptions::queue_weights, as a sentence; empty: nothing.
std::string problem_of_weights(WorkerOptions const& options);
// None of these queues (empty: of all) has a job that runs or may be claimed.
bool nothing_left(Store& store, std::vector<std::string> const& queues);

}  // namespace kue::worker
