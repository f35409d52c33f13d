// finish and release: the same write behind the same fence.

#include "kue/core/decide.hpp"
#include "kue/stores/memory/verbs/store.hpp"

namespace kue::memory {

FinishResult MemoryStore::finish(FinishRequest const& request) {
  Lock const held = lock();
  return {write(Verb::finish, request.items)};
}

ReleaseResult MemoryStore::release(ReleaseRequest const& request) {
  Lock const held = lock();
  return {write(Verb::release, request.items)};
}

std::vector<FinishStatus> MemoryStore::write(Verb verb, std::span<Finish const> items) {
  std::vector<FinishStatus> statuses;
  for (Finish const& item : items) statuses.push_back(write_one(verb, item));
  return statuses;
}

// By number too: not one that was pushed under its id after it was removed.
bool MemoryStore::holds(Claim const& claim, Row const* row) const {
  return row != nullptr && claim.holder != 0 && row->seq == claim.seq && row->holder == claim.holder &&
         row->claim_no == claim.claim_no && row->job.queue == claim.queue &&
         (claim.lane == 0 || is_final(row->state));  // who has ended stands in none
}

FinishStatus MemoryStore::write_one(Verb verb, Finish const& item) {
  Row* const row = tables_.find_number(item.claim.seq);
  if (!holds(item.claim, row)) {
    tables_.note_stale(verb, item);
    return FinishStatus::stale;
  }
  if (row->state != State::running) return FinishStatus::already;
  Transition const next =
      row->cancel_asked_at ? core::when_asked_to_cancel(item.transition, row->tally) : item.transition;
  tables_.note_run(*row, item);
  row->tally = next.tally;
  Why const why{verb, next.reason};
  if (is_final(next.to))
    tables_.make_final(*row, next.to, why);
  else if (next.to == State::available)
    tables_.make_claimable(*row, why);
  else
    tables_.make_later(*row, next.to, tables_.now() + next.delay, why);
  return next.to == item.transition.to ? FinishStatus::applied : FinishStatus::cancelled;
}

void MemoryStore::progress(ProgressRequest const& request) {
  Lock const held = lock();
  for (ProgressItem const& item : request.items) {
    Row* const row = tables_.find_number(item.claim.seq);
    if (holds(item.claim, row) && row->state == State::running) row->progress = item.progress;
  }
}

}  // namespace kue::memory
