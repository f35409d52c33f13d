#pragma once
// Obstacles: why a job that could run does not.
//
//   for (Obstacle const& obstacle : obstacles(store, record, now)) sheet.row("waits for", obstacle.text);

#include <kue/store.hpp>

#include <string>
#include <vector>

namespace spark {

struct Obstacle {
  std::string reason;  // for programs: paused, no_worker, unknown_kind, not_served
  std::string text;    // for people, printable
};

// None for a job that runs, has ended, or waits for its time. A store knows neither which classes its workers have nor
// which queues they serve: that is concluded from the job's last run, and from a queue of which nothing runs.
std::vector<Obstacle> obstacles(kue::Store& jobs, kue::JobRecord const& record, kue::TimePoint now);

}  // namespace spark
