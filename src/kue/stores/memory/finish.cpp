// finish and release: the same write behind the same fence.

#include "kue/core/decide.hpp"
#include "kue/stores/memory/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

namespace kue::memory {
namespace {

void refuse_unknown_transition(Verb verb, Finish const& item) {
  if (allowed(verb, State::running, item.transition.to, item.transition.reason)) return;
  throw Error(ErrorKind::invalid, fmt::format("memory: {} of job {} asks for running -> {} because of {}, which is no transition of a "
                                              "job's life (kue/state.hpp)",
                                              to_string(verb), item.id.str(), to_string(item.transition.to), to_string(item.transition.reason)));
}

bool waits_for_its_time(State state) { return state == State::scheduled || state == State::retryable; }

}  // namespace

FinishResult MemoryStore::finish(FinishRequest const& request) {
  Lock const held = lock();
  return {write(Verb::finish, request.items)};
}

ReleaseResult MemoryStore::release(ReleaseRequest const& request) {
  Lock const held = lock();
  return {write(Verb::release, request.items)};
}

std::vector<FinishStatus> MemoryStore::write(Verb verb, std::span<Finish const> items) {
  for (Finish const& item : items) refuse_unknown_transition(verb, item);  // before the first write: all or nothing
  std::vector<FinishStatus> statuses;
  for (Finish const& item : items) statuses.push_back(write_one(verb, item));
  if (!items.empty()) bell_.ring();
  return statuses;
}

FinishStatus MemoryStore::write_one(Verb verb, Finish const& item) {
  Row* const record = tables_.find(item.id);
  bool const same_job = record && (item.seq == 0 || record->seq == item.seq);  // not one that was pushed under its id after it was removed
  bool const last_holder = same_job && item.holder != 0 && record->holder == item.holder && (item.claim_no == 0 || record->claim_no == item.claim_no);
  if (last_holder && record->state != State::running) return FinishStatus::already;
  if (!last_holder) {
    record_stale(verb, item);
    return FinishStatus::stale;
  }
  TimePoint const now = clock_.now();
  Transition const next = record->cancel_asked_at ? core::when_asked_to_cancel(item.transition, record->tally) : item.transition;
  tables_.change(*record, [&](Row& job) {
    job.state = next.to;
    job.tally = next.tally;
    job.cancel_asked_at.reset();
    if (waits_for_its_time(next.to)) job.run_at = now + next.delay;
    if (is_final(next.to)) job.finished_at = now;
    if (item.started_at) job.attempted_at = item.started_at;
    if (item.attempt) job.errors.push_back(*item.attempt);
    if (!item.result.empty()) job.result = item.result;
  });
  record_event(verb, *record, State::running, next.to, next.reason);
  return FinishStatus::applied;
}

void MemoryStore::progress(ProgressRequest const& request) {
  Lock const held = lock();
  for (ProgressItem const& item : request.items) {
    Row* const record = tables_.find(item.id);
    bool const held_by_caller = record && record->state == State::running && record->holder == item.holder;
    if (held_by_caller) record->progress = item.progress;  // in no order of Tables: no change() needed
  }
}

}  // namespace kue::memory
