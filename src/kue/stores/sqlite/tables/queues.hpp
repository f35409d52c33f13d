#pragma once
// Queues: their counters, and whether they are paused.

#include "kue/stores/sqlite/file/connection.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kue::sqlite {

std::vector<QueueCounts> all_counts(Connection& db);  // by name
void set_paused(Connection& db, std::string const& queue);
void set_resumed(Connection& db, std::string const& queue);  // one that never had a job is forgotten

struct Kept {
  std::string queue;
  std::int64_t completed = 0, discarded = 0;  // completed: and cancelled
};
std::vector<Kept> kept_jobs(Connection& db,
                            std::string const& queue);  // of one queue, or of all; those that keep something

}  // namespace kue::sqlite
