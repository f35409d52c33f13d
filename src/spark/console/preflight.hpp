#pragma once
// Preflight: what queue:worker makes sure of before its master forks.

#include "spark/console/command.hpp"

#include <string>

namespace spark {

// Throws Error(refused) if an SQLite file is open in this process, naming the service that opened it.
void refuse_open_sqlite(Application& app);

struct QueueReport {
  std::string where;  // the store's description; empty for a queue of another kind
  bool acknowledges = false;
};
// Builds the queue in a process of its own, which ends at once, so that nothing is open here when the master forks.
// Throws what building it threw: a wrong file is said once, by the command, and not by each child in turn.
QueueReport try_queue(Application& app);

}  // namespace spark
