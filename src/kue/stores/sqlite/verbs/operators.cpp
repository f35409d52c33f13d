// What a person does to jobs and queues: cancel, retry, remove, pause, resume.

#include "kue/stores/sqlite/tables/queues.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <algorithm>

namespace kue::sqlite {
namespace {

CancelStatus cancel_one(Tables& tables, std::optional<Standing> job, std::vector<Standing>& waiting) {
  if (!job) return CancelStatus::not_found;
  if (is_final(job->state)) return CancelStatus::final;
  if (job->state == State::running) {  // its holder alone may end it
    tables.mark_for_cancel(*job);
    return CancelStatus::asked;
  }
  auto const named_before = [&](Standing const& other) { return other.seq == job->seq; };
  if (std::ranges::any_of(waiting, named_before)) return CancelStatus::final;
  waiting.push_back(*std::move(job));
  return CancelStatus::cancelled;
}

RetryStatus retry_one(Tables& tables, std::optional<Standing> const& job) {
  if (!job) return RetryStatus::not_found;
  if (job->state == State::completed) return RetryStatus::completed;
  if (!is_final(job->state)) return RetryStatus::not_final;
  tables.make_claimable(*job);
  return RetryStatus::retried;
}

RemoveStatus remove_one(Tables& tables, std::optional<Standing> const& job, std::vector<State> const& only) {
  if (!job) return RemoveStatus::not_found;
  if (job->state == State::running) return RemoveStatus::running;
  if (!only.empty() && std::find(only.begin(), only.end(), job->state) == only.end()) return RemoveStatus::other_state;
  tables.erase(*job, Verb::remove, Reason::removed);
  return RemoveStatus::removed;
}

}  // namespace

CancelResult SqliteStore::cancel(CancelRequest const& request) {
  return write(Sync::power, [&](Tables& tables) {
    CancelResult result;
    std::vector<Standing> waiting;
    for (JobId const& id : request.ids) result.statuses.push_back(cancel_one(tables, find(tables.db(), id), waiting));
    tables.make_cancelled(waiting);
    return result;
  });
}

RetryResult SqliteStore::retry(RetryRequest const& request) {
  return write(Sync::power, [&](Tables& tables) {
    RetryResult result;
    for (JobId const& id : request.ids) result.statuses.push_back(retry_one(tables, find(tables.db(), id)));
    return result;
  });
}

RemoveResult SqliteStore::remove(RemoveRequest const& request) {
  return write(Sync::power, [&](Tables& tables) {
    RemoveResult result;
    for (JobId const& id : request.ids)
      result.statuses.push_back(remove_one(tables, find(tables.db(), id), request.only));
    return result;
  });
}

void SqliteStore::pause(PauseRequest const& request) {
  write(Sync::power, [&](Tables& tables) { return set_paused(tables.db(), request.queue), true; });
}

void SqliteStore::resume(PauseRequest const& request) {
  constexpr int kAll = 1 << 20;  // the queue may hold much work: ring for as many as are woken at once
  write(Sync::power, [&](Tables& tables) {
    set_resumed(tables.db(), request.queue);
    tables.ledger().wake(request.queue, kAll);
    return true;
  });
}

}  // namespace kue::sqlite
