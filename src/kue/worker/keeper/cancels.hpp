#pragma once
// Cancels: passes on to the children of this node what people asked of the store: "cancel this job, though it runs".

#include "kue/worker/board/scoreboard.hpp"

#include <kue/logger.hpp>
#include <kue/store.hpp>

namespace kue::worker {

// How many runs are newly asked to end. The job sees its stop token; the master kills the process after the grace.
int pass_on_cancels(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now, Logger log);

}  // namespace kue::worker
