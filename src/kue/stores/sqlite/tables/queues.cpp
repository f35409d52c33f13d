#include "kue/stores/sqlite/tables/queues.hpp"

#include <sql_texts.hpp>

namespace kue::sqlite {

std::vector<QueueCounts> all_counts(Connection& db) {
  std::vector<QueueCounts> all;
  for (auto row = db.use(Sql::counts); row.step();) {
    QueueCounts& counts = all.emplace_back();
    counts.queue = row.text(0);
    counts.paused = row.integer(1) != 0;
    for (std::size_t state = 0; state < kStateCount; ++state)
      counts.by_state[state] = row.integer(static_cast<int>(state) + 2);
  }
  return all;
}

void set_paused(Connection& db, std::string const& queue) { db.execute(Sql::pause, queue); }

void set_resumed(Connection& db, std::string const& queue) {
  db.execute(Sql::resume, queue);
  db.execute(Sql::resume_forget, queue);
}

std::vector<Kept> kept_jobs(Connection& db, std::string const& queue) {
  std::vector<Kept> all;
  for (auto row = db.use(Sql::prune_counts, queue); row.step();)
    all.push_back({std::string(row.text(0)), row.integer(1), row.integer(2)});
  return all;
}

}  // namespace kue::sqlite
