#include "kue/worker/keeper/teller.hpp"

#include "kue/worker/run/runner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kue::worker {
namespace {

using Kind = Outcome::Kind;

// What there is to tell of a job whose process has died.
struct Telling {
  LogLevel level = LogLevel::warn;
  std::optional<WorkerEvent> event;
  std::string text;
};

Telling telling_of(Released const& released, Death const& death) {
  Outcome const& outcome = released.outcome;
  std::string const job = "job=" + released.name(), how = describe_wait_status(death.wait_status);
  switch (outcome.kind) {
    case Kind::returned: return {LogLevel::debug, {}, "had not started " + job};
    case Kind::interrupted: return {LogLevel::warn, WorkerEvent::interrupted, "was stopped while running " + job};
    case Kind::hard_timeout:
      return {LogLevel::error, WorkerEvent::timeout, "was " + outcome.failure.message + " while running " + job};
    case Kind::cancelled: return {LogLevel::warn, {}, "ended with " + job + ", which was cancelled"};
    case Kind::crashed:
    case Kind::oom:
      return {LogLevel::error, WorkerEvent::crash,
              (outcome.failure.type == "exit" ? "ended with " : "died by ") + how + " while running " + job};
    case Kind::completed:  // nothing is wrong with it, and there may be hundreds of them
      return {LogLevel::info, WorkerEvent::success, "ended with " + how + " after " + job};
    default: return {LogLevel::warn, {}, fmt::format("ended with {} after {} ({})", how, job, to_string(outcome.kind))};
  }
}

EventInfo info_of(Slot const& slot, EntryView const& entry) {
  return {.pid = slot.pid.load(),
          .job = entry.claim.id,
          .kind = entry.kind,
          .queue = entry.claim.queue,
          .attempt = entry.attempt};
}

Delivery delivery_of(Released const& released) {  // without what only the job's row says
  RunningJob const& row = released.row;
  return {.job = {.id = row.claim.id, .kind = row.kind, .queue = row.claim.queue},
          .claim = row.claim,
          .attempt = released.attempt(),
          .tally = row.tally,
          .claimed_at = row.claimed_at};
}

}  // namespace

void Teller::tell_death(Slot const& slot, Death const& death, std::vector<Released> const& released) {
  for (Released const& one : released) tell_released(slot, death, one);
  tell_not_started(slot, released);
  slot.for_each_entry([&](int index, EntryWord) {
    auto const entry = slot.read(index);
    if (!entry) return;
    if (store_ == nullptr) return tell_lost(slot, death, *entry);
    if (std::ranges::none_of(released, [&](Released const& one) { return entry->is(one.row.claim); }))
      tell_own_end(slot, death, *entry);
  });
}

void Teller::tell_released(Slot const& slot, Death const& death, Released const& released) {
  Telling const telling = telling_of(released, death);
  log().log(telling.level, fmt::format("child {} {}; {}", slot.pid.load(), telling.text, describe_release(released)));
  auto const emit_if = [&](std::optional<WorkerEvent> event) {
    if (!event) return;
    EventInfo info = event_of(*event, delivery_of(released), {.outcome = released.outcome});
    info.pid = slot.pid.load();
    info.wait_status = death.wait_status;
    emit(std::move(info));
  };
  emit_if(telling.event);
  if (released.status != FinishStatus::applied) return;
  emit_if(events_after(released.outcome.kind, released.transition, true)[1]);
  if (released.transition.to == State::discarded) fail(released);
}

void Teller::tell_not_started(Slot const& slot, std::vector<Released> const& released) {
  for (auto const& [to, what] : {std::pair{State::available, "available again, and not charged"},
                                 std::pair{State::cancelled, "cancelled, as somebody had asked"}}) {
    auto const count = std::ranges::count_if(released, [&](Released const& one) {
      return one.outcome.kind == Kind::returned && one.written() && one.transition.to == to;
    });
    if (count == 0) continue;
    log().info("child {} held {} that it had not started; {}", slot.pid.load(),
               count == 1 ? "a job" : fmt::format("{} jobs", count), what);
  }
}

// A job of a queue that is not a store.
void Teller::tell_lost(Slot const& slot, Death const& death, EntryView const& entry) {
  bool const done = entry.word.state == EntryState::done;
  bool const kept = post_.board.header().acknowledges.load() != 0;
  log().error("child {} ended with {} {} job={}; {}", slot.pid.load(), describe_wait_status(death.wait_status),
              entry.started() ? (done ? "after" : "while running") : "before it started", entry.name(),
              done   ? "it is done"
              : kept ? "its queue has to hand it out again"
                     : "its queue keeps no job, so this one is lost");
  EventInfo info = info_of(slot, entry);
  info.event = WorkerEvent::crash;
  info.wait_status = death.wait_status;
  if (entry.started()) info.failure = verdict(death, entry, post_.options().hard_timeout_grace).failure;
  emit(std::move(info));
}

// A run that ended itself in a transaction of the program's own (Context::finish), in a process that died before it
// could tell.
void Teller::tell_own_end(Slot const& slot, Death const& death, EntryView const& entry) {
  if (entry.word.state != EntryState::running && entry.word.state != EntryState::condemned) return;
  auto const record = store_->get(entry.claim.id);
  if (!record || record->state != State::completed || record->claim_no != entry.claim.claim_no ||
      record->holder != slot.holder.load())
    return;
  log().info("child {} ended with {} after job={} had committed its end", slot.pid.load(),
             describe_wait_status(death.wait_status), entry.name());
  EventInfo info = info_of(slot, entry);
  info.event = WorkerEvent::success;
  emit(std::move(info));
}

void Teller::tell_taken(Takeover::Taken const& taken) {
  Released const& released = taken.released;
  EntryView const& entry = *released.entry;
  if (released.status == FinishStatus::stale) return;
  Delivery const delivery = delivery_of(released);
  Logger its_log = job_logger(log(), delivery);
  if (released.outcome.kind == Kind::returned) {
    if (released.transition.to == State::cancelled) return its_log.info("cancelled before it began");
    return its_log.debug("given back: child {} is busy with another job", taken.pid);
  }
  RunReport const report{.outcome = released.outcome,
                         .started_at = entry.started_at.value_or(entry.claimed_at),
                         .duration = entry.ended_steady - entry.started_steady};
  log_end(its_log, report, released.transition, true);
  for (auto const& event : events_after(report.outcome.kind, released.transition, true)) {
    if (!event || !post_.wants(*event)) continue;
    EventInfo info = event_of(*event, delivery, report);
    info.pid = taken.pid;
    emit(std::move(info));
  }
  if (released.transition.to == State::discarded) fail(released);
}

// failed() of a job that ends with its process: the child that would have called it is dead, or busy.
void Teller::fail(Released const& released) {
  JobType const* const type = post_.worker.registry().find(released.row.kind);
  if (type == nullptr || !type->failed) return;
  std::optional<JobRecord> const record = store_->get(released.row.claim.id);
  if (!record) return;
  Delivery delivery = delivery_of(released);
  delivery.job = record->job;
  hooks_.call([this, type, delivery = std::move(delivery), failure = released.outcome.failure] {
    try {
      if (!services_) services_ = services_of(post_.parts);
    } catch (std::exception const& error) {
      return job_logger(log(), delivery).error("failed() is not called: {}", error.what());
    }
    call_failed(*type, delivery, failure, Clock::system().now(), *services_, log());
  });
}

void Teller::emit(EventInfo info) {
  hooks_.call([this, info = std::move(info)] { post_.emit(info); });
}

}  // namespace kue::worker
