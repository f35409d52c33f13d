#include "kue/worker/run/outcome_writer.hpp"

#include "kue/core/decide.hpp"
#include "kue/core/result_note.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <exception>

namespace kue::worker {
namespace {

bool trying_again_may_help(std::exception const& why) {
  auto const* const error = dynamic_cast<Error const*>(&why);
  return error == nullptr || error->retryable() || error->outcome_unknown();
}

}  // namespace

Millis next_trouble(Millis before) { return before == Millis(0) ? Millis(50) : std::min(before * 2, Millis(5000)); }

FinishSink finish_sink(StoreQueue* with_store) {
  if (with_store == nullptr) return {};
  return [with_store](Foreign& transaction, Delivery const& delivery, Outcome const& outcome, TimePoint started) {
    return with_store->finish_run_in(transaction, delivery, outcome, started);
  };
}

ProgressSink progress_sink(StoreQueue* with_store) {
  if (with_store == nullptr) return {};
  return [with_store](Delivery const& delivery, Progress const& progress) {
    ProgressItem const item{delivery.claim, progress};
    with_store->store().progress({.items = std::span(&item, 1)});
  };
}

std::string left_open(Delivery const& delivery) {
  return delivery.job.kind + "::run() has returned and left a transaction of its own open, which holds the store's "
                             "lock. It ends with this process; "
                             "keep the kue::SqliteTransaction in a local variable of run()";
}

Transition OutcomeWriter::foresee(Delivery const& delivery, Outcome& outcome) const {
  Transition const next = core::decide(delivery.tally, outcome, Clock::system().now(), Random::system());
  if (keeps_ && next.to == State::retryable) outcome.delay = next.delay;
  return next;
}

std::optional<OutcomeWriter::Written> OutcomeWriter::write(Delivery const& delivery, RunReport& report) {
  Millis trouble{0};
  bool replaced = false;
  while (true) {
    try {
      return write_once(delivery, report);
    } catch (std::exception const& error) {
      trouble = next_trouble(trouble);
      job_logger(log_, delivery)
          .error("cannot write its outcome ({}), trying again in {} ms: {}", to_string(report.outcome.kind),
                 trouble.count(), error.what());
      if (!trying_again_may_help(error)) {
        if (replaced) return std::nullopt;
        report.outcome = core::without_what_is_refused(report.outcome, error.what());
        replaced = true;
      }
    }
    if (!rest_(trouble)) return std::nullopt;
  }
}

std::optional<bool> OutcomeWriter::read_own_end(Delivery const& delivery) {
  Millis trouble{0};
  while (true) {
    try {
      return with_store_->was_ended_by(delivery.claim);
    } catch (std::exception const& error) {
      trouble = next_trouble(trouble);
      job_logger(log_, delivery)
          .error("cannot read whether its finish was committed, trying again in {} ms: {}", trouble.count(),
                 error.what());
      if (!rest_(trouble)) return std::nullopt;
    }
  }
}

void OutcomeWriter::flush() {
  try {
    queue_.flush();
  } catch (std::exception const& error) {
    log_.error("cannot send what the job pushed; the queue keeps it and tries again: {}", error.what());
  }
}

OutcomeWriter::Written OutcomeWriter::write_once(Delivery const& delivery, RunReport& report) {
  Transition const next = foresee(delivery, report.outcome);
  if (with_store_ == nullptr) {
    queue_.finish(delivery, report.outcome);
    return {FinishStatus::applied, next};
  }
  FinishStatus const status = with_store_->finish_run(delivery, report.outcome, report.started_at);
  if (status == FinishStatus::stale) tell_stale(delivery, report.outcome);
  bool const in_doubt = status == FinishStatus::already && is_waiting(next.to);
  return {status, core::as_written(next, in_doubt ? ask_again(delivery, status) : status, delivery.tally)};
}

// The answer to an earlier try was lost, and with it whether the job was cancelled instead.
FinishStatus OutcomeWriter::ask_again(Delivery const& delivery, FinishStatus status) const {
  auto const record = with_store_->store().get(delivery.claim.id);
  return record && record->state == State::cancelled ? FinishStatus::cancelled : status;
}

void OutcomeWriter::tell_stale(Delivery const& delivery, Outcome const& outcome) const {
  job_logger(log_, delivery)
      .warn("its outcome ({}) was not accepted: the job is no longer this worker's", to_string(outcome.kind));
}

}  // namespace kue::worker
