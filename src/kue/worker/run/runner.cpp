#include "kue/worker/run/runner.hpp"

#include "kue/base/own_pid.hpp"
#include "kue/base/seconds.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace kue::worker {
namespace {

// What a job printed must not wait in a buffer: children leave by _exit.
void flush_output() {
  std::cout.flush();
  std::fflush(stdout);
}

std::string when(Millis delay) {
  if (delay < Millis(1000)) return fmt::format("{} ms", delay.count());
  return fmt::format("{:.0f} s", seconds(delay));
}

}  // namespace

EventInfo event_of(WorkerEvent event, Delivery const& delivery, RunReport const& report) {
  return {.event = event,
          .pid = own_pid(),
          .job = delivery.job.id,
          .kind = delivery.job.kind,
          .queue = delivery.job.queue,
          .attempt = delivery.attempt,
          .duration = report.duration,
          .failure = report.outcome.failure};
}

RunReport Runner::run(Delivery const& delivery, TimePoint started, StopWatch& watch) {
  JobScope const scope(mark_of(delivery));
  auto const from = std::chrono::steady_clock::now();
  RunReport report;
  report.started_at = started;
  if (log_.enabled(LogLevel::info)) log_.log(LogLevel::info, "accepted from queue " + delivery.job.queue);
  emit(WorkerEvent::init, delivery, report);
  run_job(delivery, started, watch, report);
  auto const until = std::chrono::steady_clock::now();
  report.took = until - from;
  report.duration = std::chrono::floor<Millis>(report.took);
  report.ended_at = std::chrono::floor<Millis>(until);
  flush_output();
  return report;
}

void Runner::run_job(Delivery const& delivery, TimePoint started, StopWatch& watch, RunReport& report) {
  Outcome& outcome = report.outcome;
  JobType const* const type = registry_.find(delivery.job.kind);
  if (type == nullptr) {
    auto const near = registry_.suggest(delivery.job.kind);
    outcome = {.kind = Outcome::Kind::unknown_kind,
               .failure = {.type = "unknown_kind",
                           .message = fmt::format("no job class {0} in this worker{1}; app.jobs<{0}>() registers it",
                                                  delivery.job.kind,
                                                  near ? fmt::format(" (did you mean {}?)", *near) : std::string())}};
    return;
  }
  RunContext context(delivery, started, &watch, job_logger(log_, delivery), &progress_, &finish_);
  try {
    outcome = type->run(delivery.job.args, context, services_);
  } catch (std::exception const& error) {  // not expected: JobType::run turns what the job throws into an outcome
    outcome = {.kind = Outcome::Kind::failed, .failure = {.type = "exception", .message = error.what()}};
  }
  context.flush_progress();
  report.finished_itself = context.finished_itself();
  // The stop token was raised at the time-out and the job ended without its result: that is why.
  bool const gave_nothing = outcome.kind == Outcome::Kind::failed || outcome.kind == Outcome::Kind::interrupted;
  if (gave_nothing && watch.cause() == StopCause::timeout) {
    outcome.kind = Outcome::Kind::timed_out;
    if (outcome.failure.type.empty()) outcome.failure.type = "timeout";
    if (outcome.failure.message.empty())
      outcome.failure.message = fmt::format("stopped at its time-out of {:.3f} s", seconds(delivery.job.timeout));
  }
  if (gave_nothing && watch.cause() == StopCause::cancelled)
    outcome = cancel("stopped, because it was cancelled while it ran");
  if (outcome.kind == Outcome::Kind::failed || outcome.kind == Outcome::Kind::timed_out)
    ask_for_delay(delivery, outcome);
}

void Runner::fail(Delivery const& delivery, RunReport& report, Failure failure) {
  report.outcome = {.kind = Outcome::Kind::failed, .failure = std::move(failure)};
  ask_for_delay(delivery, report.outcome);
}

void Runner::settle_own_end(Delivery const& delivery, RunReport& report, bool committed) {
  Outcome& outcome = report.outcome;
  bool const said_so = outcome.kind == Outcome::Kind::completed;
  if (committed) {
    if (!said_so) {
      job_logger(log_, delivery)
          .warn("ended as {} after its finish was committed, and stays completed{}{}", to_string(outcome.kind),
                outcome.failure.message.empty() ? "" : ": ", outcome.failure.message);
    }
    outcome = {};
  } else if (said_so) {  // else it says itself why: what commit() threw, for one
    fail(delivery, report,
         {.type = "transaction",
          .message = "finish not committed: run() called finish(transaction), and that transaction was rolled back"});
  }
}

void Runner::ask_for_delay(Delivery const& delivery, Outcome& outcome) {
  JobType const* const type = registry_.find(delivery.job.kind);
  if (outcome.delay || !type->backoff) return;
  try {
    outcome.delay = type->backoff(delivery.job.args, delivery.attempt);
  } catch (std::exception const& error) {
    job_logger(log_, delivery).warn("backoff() threw, the usual delay is used: {}", error.what());
  }
}

void Runner::tell(Delivery const& delivery, RunReport const& report, Transition const& next, bool kept) {
  JobScope const scope(mark_of(delivery));
  log_end(log_, report, next, kept);
  for (auto const& event : events_after(report.outcome.kind, next, kept)) {
    if (event) emit(*event, delivery, report);
  }
  if (!kept || next.to != State::discarded) return;
  JobType const* const type = registry_.find(delivery.job.kind);
  if (type != nullptr && type->failed)
    call_failed(*type, delivery, report.outcome.failure, report.started_at, services_, log_);
}

// Most workers listen to few events: the others are not even made.
void Runner::emit(WorkerEvent event, Delivery const& delivery, RunReport const& report) {
  if (!wants_ || wants_(event)) emit_(event_of(event, delivery, report));
}

std::array<std::optional<WorkerEvent>, 2> events_after(Outcome::Kind kind, Transition const& next, bool kept) {
  std::array<std::optional<WorkerEvent>, 2> events;
  auto& [of_run, of_job] = events;
  if (kind == Outcome::Kind::completed) of_run = WorkerEvent::success;
  if (kind == Outcome::Kind::failed || kind == Outcome::Kind::timed_out) of_run = WorkerEvent::exception;
  if (kind == Outcome::Kind::interrupted) of_run = WorkerEvent::interrupted;
  if (kept && next.to == State::retryable) of_job = WorkerEvent::retry;
  if (kept && next.to == State::discarded) of_job = WorkerEvent::discard;
  return events;
}

void log_end(Logger& log, RunReport const& report, Transition const& next, bool kept) {
  Outcome const& outcome = report.outcome;
  if (outcome.kind == Outcome::Kind::completed) {
    if (log.enabled(LogLevel::info)) log.log(LogLevel::info, "completed in " + seconds_text(report.duration) + " s");
    return;
  }
  std::string const why =
      outcome.failure.message.empty() ? std::string(to_string(outcome.kind)) : outcome.failure.message;
  if (!kept) {
    log.log(LogLevel::warn,
            fmt::format("failed after {:.3f} s: {}; this queue does not keep it", seconds(report.duration), why));
  } else if (next.to == State::retryable) {
    log.log(LogLevel::warn,
            fmt::format("failed after {:.3f} s: {}; runs again in {} (attempt {} of {})", seconds(report.duration), why,
                        when(next.delay), next.tally.attempt + 1, next.tally.max_attempts));
  } else if (next.to == State::scheduled) {
    LogLevel const level = outcome.kind == Outcome::Kind::snoozed ? LogLevel::info : LogLevel::warn;
    log.log(level, fmt::format("{}: runs again in {}", outcome.kind == Outcome::Kind::snoozed ? "snoozed" : why,
                               when(next.delay)));
  } else if (next.to == State::discarded) {
    log.log(LogLevel::error,
            fmt::format("discarded after {:.3f} s ({}): {}", seconds(report.duration), to_string(next.reason), why));
  } else {
    log.log(LogLevel::info, fmt::format("{} after {:.3f} s: {}", to_string(next.to), seconds(report.duration), why));
  }
}

void call_failed(JobType const& type, Delivery const& delivery, Failure const& failure, TimePoint started,
                 Services& services, Logger const& log) {
  JobScope const scope(mark_of(delivery));
  RunContext context(delivery, started, nullptr, job_logger(log, delivery), nullptr);
  try {
    type.failed(delivery.job.args, failure, context, services);
  } catch (std::exception const& error) {
    context.log().error("failed() threw and is not called again: {}", error.what());
  }
  flush_output();
}

}  // namespace kue::worker
