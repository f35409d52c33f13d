#include "spark/console/obstacles.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

constexpr auto kLongWait = std::chrono::seconds(60);  // a worker that serves the queue would have come by

kue::QueueCounts counts_of(kue::Store& jobs, std::string const& queue) {
  for (kue::QueueCounts& counts : jobs.counts()) {
    if (counts.queue == queue) return std::move(counts);
  }
  return {};
}

// Each worker that takes such a job puts it back for a while, and notes since when.
Obstacle unknown_kind(kue::JobRecord const& record, kue::TimePoint since, kue::TimePoint now) {
  kue::TimePoint const end = since + kue::limits::kUnknownKindLimit;
  return {"unknown_kind",
          fmt::format("a worker that has the class {}: none that took the job since {} has it; it is offered again "
                      "every {} and discarded {}",
                      printable(record.job.kind), utc_text(since), span_text(kue::limits::kUnknownKindDelay),
                      end > now ? relative_text(end, now) : "after the next one")};
}

}  // namespace

std::vector<Obstacle> obstacles(kue::Store& jobs, kue::JobRecord const& record, kue::TimePoint now) {
  auto const& unknown_since = record.tally.unknown_since;
  bool const due = record.run_at <= now;
  if (!kue::is_waiting(record.state) || (!due && !unknown_since)) return {};
  kue::QueueCounts const counts = counts_of(jobs, record.job.queue);
  std::string const queue = printable(record.job.queue);
  bool const worker = kue::worker::any_worker_lives(jobs);
  std::vector<Obstacle> all;
  if (counts.paused) all.push_back({"paused", fmt::format("its queue, which is paused: queue:resume {}", queue)});
  if (!worker) all.push_back({"no_worker", "a worker: none is running"});
  if (unknown_since) all.push_back(unknown_kind(record, *unknown_since, now));
  bool const served = counts.of(kue::State::running) > 0 || now - record.run_at < kLongWait;
  if (all.empty() && !served) {
    all.push_back(
        {"not_served", fmt::format("a worker that serves queue {}: one is running, but seems to take no job of "
                                   "this queue (--queues and worker.queues limit what it takes)",
                                   queue)});
  }
  return all;
}

}  // namespace spark
