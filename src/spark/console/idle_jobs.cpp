#include "spark/console/idle_jobs.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {

std::string idle_jobs(kue::Store& jobs, std::span<kue::QueueCounts const> counts, std::string const& program) {
  // Delayed and failed jobs that are due wait, too.
  bool const waiting = std::any_of(counts.begin(), counts.end(), [&](kue::QueueCounts const& queue) {
    auto const later = queue.of(kue::State::scheduled) + queue.of(kue::State::retryable);
    return queue.of(kue::State::available) > 0 || (later > 0 && jobs.head({.queue = queue.queue}).waiting_since);
  });
  if (!waiting) return {};
  return kue::worker::any_worker_lives(jobs)
             ? std::string()
             : fmt::format("no worker is running: start one with {} queue:worker", program);
}

}  // namespace spark
