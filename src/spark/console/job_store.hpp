#pragma once
// The store that the commands about jobs look into.

#include "spark/console/command.hpp"

namespace kue {
class StoreQueue;
}

namespace spark {

// That of the service `queue`, or the one that --store names. Throws Error(refused) for a queue that is not kept in a
// store, and Error(unavailable) if there is no such file yet: looking must not make one.
kue::Store& job_store(Call& call);

kue::StoreQueue* store_queue_in(kue::Queue& queue);  // through queues that wrap another; null: not kept in a store

}  // namespace spark
