#pragma once
// Burial: a dead slot is free again once the store holds nothing of its process any more.

#include "kue/worker/keeper/oom.hpp"
#include "kue/worker/keeper/teller.hpp"

namespace kue::worker {

// All dead slots; `store` is null with a queue of the user's own. True: one is free again. Throws what the store
// throws; then the next call begins where it stopped.
bool bury_dead(Post const& post, Store* store, Teller& teller, OomCounter& oom);

}  // namespace kue::worker
