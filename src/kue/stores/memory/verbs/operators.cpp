// What a person does to jobs and queues: cancel, retry, remove, pause, resume.

#include "kue/stores/memory/verbs/store.hpp"

#include <algorithm>

namespace kue::memory {
namespace {

CancelStatus cancel_one(Tables& tables, Row* row) {
  if (row == nullptr) return CancelStatus::not_found;
  if (row->state == State::running) {  // its holder alone may end it
    if (!row->cancel_asked_at) row->cancel_asked_at = tables.now();
    return CancelStatus::asked;
  }
  if (is_final(row->state)) return CancelStatus::final;
  tables.make_final(*row, State::cancelled, {Verb::cancel, Reason::cancelled});
  return CancelStatus::cancelled;
}

RetryStatus retry_one(Tables& tables, Row* row) {
  if (row == nullptr) return RetryStatus::not_found;
  if (row->state == State::completed) return RetryStatus::completed;
  if (!is_final(row->state)) return RetryStatus::not_final;
  row->run_at = tables.now();
  row->tally = Tally{.max_attempts = row->tally.max_attempts};
  tables.make_claimable(*row, {Verb::retry, Reason::retried});
  return RetryStatus::retried;
}

RemoveStatus remove_one(Tables& tables, Row* row, std::vector<State> const& only) {
  if (row == nullptr) return RemoveStatus::not_found;
  if (row->state == State::running) return RemoveStatus::running;
  if (!only.empty() && std::find(only.begin(), only.end(), row->state) == only.end()) return RemoveStatus::other_state;
  tables.erase(*row, {Verb::remove, Reason::removed});
  return RemoveStatus::removed;
}

}  // namespace

CancelResult MemoryStore::cancel(CancelRequest const& request) {
  Lock const held = lock();
  CancelResult result;
  for (JobId const& id : request.ids) result.statuses.push_back(cancel_one(tables_, tables_.find(id)));
  return result;
}

RetryResult MemoryStore::retry(RetryRequest const& request) {
  Lock const held = lock();
  RetryResult result;
  for (JobId const& id : request.ids) result.statuses.push_back(retry_one(tables_, tables_.find(id)));
  return result;
}

RemoveResult MemoryStore::remove(RemoveRequest const& request) {
  Lock const held = lock();
  RemoveResult result;
  for (JobId const& id : request.ids) result.statuses.push_back(remove_one(tables_, tables_.find(id), request.only));
  return result;
}

void MemoryStore::pause(PauseRequest const& request) {
  Lock const held = lock();
  tables_.set_paused(request.queue, true);
}

void MemoryStore::resume(PauseRequest const& request) {
  Lock const held = lock();
  tables_.set_paused(request.queue, false);
}

}  // namespace kue::memory
