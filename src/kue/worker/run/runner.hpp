#pragma once
// Runner: one delivery from start to outcome. The same in a child and in the calling process.

#include "kue/worker/run/run_context.hpp"
#include "kue/worker/run/stop_watch.hpp"

#include <kue/queue.hpp>
#include <kue/registry.hpp>
#include <kue/store.hpp>
#include <kue/worker_event.hpp>

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
  // By Context::finish, if its transaction was committed: to be read before anything is done with the outcome.
  bool finished_itself = false;
};

class Runner {
 public:
  using Emit = std::function<void(EventInfo const&)>;
  using Wants = std::function<bool(WorkerEvent)>;  // empty: every event
  Runner(Registry const& registry, Services& services, Logger log, Emit emit, ProgressSink progress, Wants wants = {},
         FinishSink finish = {})
      : registry_(registry),
        services_(services),
        log_(std::move(log)),
        emit_(std::move(emit)),
        wants_(std::move(wants)),
        progress_(std::move(progress)),
        finish_(std::move(finish)) {}

  // Never throws what the job threw. `started` is when the caller marked the job as running; `watch` has begun.
  RunReport run(Delivery const& delivery, TimePoint started, StopWatch& watch);

  void fail(Delivery const& delivery, RunReport& report, Failure failure);  // whatever it came to
  // The outcome of a run that has finished itself: what the store says goes before what the run came to.
  void settle_own_end(Delivery const& delivery, RunReport& report, bool committed);

  // After the outcome was written: log line, events, and failed() of a job that is discarded. `next` is what follows.
  void tell(Delivery const& delivery, RunReport const& report, Transition const& next, bool kept);

 private:
  void run_job(Delivery const& delivery, TimePoint started, StopWatch& watch, RunReport& report);
  void emit(WorkerEvent event, Delivery const& delivery, RunReport const& report);
  void ask_for_delay(Delivery const& delivery, Outcome& outcome);

  Registry const& registry_;
  Services& services_;
  Logger log_;
  Emit emit_;
  Wants wants_;
  ProgressSink progress_;
  FinishSink finish_;
};

// What is said of a run when its end is in the store, whoever wrote it there.
void log_end(Logger& log, RunReport const& report, Transition const& next, bool kept);

// The events that this end gives: of the run, and of the job.
std::array<std::optional<WorkerEvent>, 2> events_after(Outcome::Kind kind, Transition const& next, bool kept);

// failed() of a job that is discarded. What it throws is logged and changes nothing.
void call_failed(JobType const& type, Delivery const& delivery, Failure const& failure, TimePoint started,
                 Services& services, Logger const& log);

EventInfo event_of(WorkerEvent event, Delivery const& delivery, RunReport const& report);

}  // namespace kue::worker
