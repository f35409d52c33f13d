#pragma once
// Runner: one delivery from start to outcome. The same in a child and in the calling process.

#include "kue/worker/run_context.hpp"
#include "kue/worker/stop_watch.hpp"

#include <kue/queue.hpp>
#include <kue/registry.hpp>
#include <kue/store.hpp>
#include <kue/worker.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <optional>

namespace kue::worker {

struct RunReport {
  Outcome outcome;
  TimePoint started_at{};
  Millis duration{0};
  std::chrono::nanoseconds took{0};  // the same, for those who compare runs of less than a millisecond
  SteadyPoint ended_at{};            // steady
};

class Runner {
 public:
  using Emit = std::function<void(EventInfo const&)>;
  using Wants = std::function<bool(WorkerEvent)>;  // empty: every event
  Runner(Registry const& registry, Services& services, Logger log, Emit emit, ProgressSink progress, Wants wants = {})
      : registry_(registry), services_(services), log_(std::move(log)), emit_(std::move(emit)), wants_(std::move(wants)), progress_(std::move(progress)) {}

  // Never throws what the job threw. `started` is when the caller marked the job as running; `watch` has begun.
  RunReport run(Delivery const& delivery, TimePoint started, StopWatch& watch);

  // After the outcome was written: log line, events, and failed() of a job that is discarded. `next` is what follows.
  void tell(Delivery const& delivery, RunReport const& report, Transition const& next, bool kept);

 private:
  Outcome run_job(Delivery const& delivery, TimePoint started, StopWatch& watch);
  void emit(WorkerEvent event, Delivery const& delivery, RunReport const& report);
  void ask_for_delay(Delivery const& delivery, Outcome& outcome);
  void call_failed(Delivery const& delivery, RunReport const& report);

  Registry const& registry_;
  Services& services_;
  Logger log_;
  Emit emit_;
  Wants wants_;
  ProgressSink progress_;
};

// What is said of a run when its end is in the store, whoever wrote it there.
void log_end(Logger& log, RunReport const& report, Transition const& next, bool kept);

// The events that this end gives: of the run, and of the job.
std::array<std::optional<WorkerEvent>, 2> events_after(Outcome::Kind kind, Transition const& next, bool kept);

EventInfo event_of(WorkerEvent event, Delivery const& delivery, RunReport const& report);

}  // namespace kue::worker
