// What a person does to jobs and queues: cancel, retry, remove, pause, resume.

#include "kue/stores/sqlite/verbs/store.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace kue::sqlite {
namespace {

struct Standing {
  std::int64_t seq = 0;
  State state = State::available;
  std::string queue;
  std::uint32_t claim_no = 0;
  std::optional<TimePoint> finished_at = {};
};

std::optional<Standing> find(Connection& db, JobId const& id) {
  auto row = db.use(Sql::cancel_look, id);
  if (!row.step() || (row.null(1) && row.null(2))) return std::nullopt;
  int const state = static_cast<int>(row.null(1) ? row.integer(2) : row.integer(1));
  return Standing{
      .seq = row.integer(0), .state = static_cast<State>(state), .queue = std::string(row.text(3)), .claim_no = row.small(4), .finished_at = row.maybe_time(5)};
}

using Cancelled = std::vector<std::pair<std::string, std::int64_t>>;  // queues and numbers

CancelStatus cancel_one(Transaction& tx, JobId const& id, Cancelled& cancelled) {
  auto const job = find(tx.db(), id);
  if (!job) return CancelStatus::not_found;
  if (job->state == State::running) {  // its holder alone may end it
    tx.db().execute(Sql::cancel_running, job->seq, tx.now());
    return CancelStatus::asked;
  }
  if (is_final(job->state)) return CancelStatus::final;
  tx.db().execute(Sql::cancel, job->seq, tx.now());
  cancelled.emplace_back(job->queue, job->seq);
  tx.db().execute(Sql::unfinished_delete, job->seq);
  tx.changed({.id = id,
              .queue = job->queue,
              .verb = Verb::cancel,
              .from = job->state,
              .to = State::cancelled,
              .reason = Reason::cancelled,
              .claim_no = job->claim_no});
  return CancelStatus::cancelled;
}

void note_ends(Transaction& tx, Cancelled cancelled) {
  std::ranges::sort(cancelled);
  StretchesOf<std::string_view> ended;
  for (auto const& [queue, seq] : cancelled) ended.add(queue, seq);
  ended.each([&](std::string_view queue, Stretch const& stretch) { tx.db().execute(Sql::ended_add, queue, 0, tx.now(), stretch.first, stretch.last); });
}

void leave_finished(Transaction& tx, Standing const& job) {
  tx.db().execute(Sql::finished_delete, job.seq);
  tx.db().execute(Sql::ended_left, job.queue, job.state == State::discarded, job.finished_at, job.seq);
}

RetryStatus retry_one(Transaction& tx, JobId const& id) {
  auto const job = find(tx.db(), id);
  if (!job) return RetryStatus::not_found;
  if (job->state == State::completed) return RetryStatus::completed;
  if (!is_final(job->state)) return RetryStatus::not_final;
  tx.db().execute(Sql::retry, job->seq, tx.now());
  tx.db().execute(Sql::ready_return, job->seq, kMostSkipped);
  leave_finished(tx, *job);
  tx.changed(
      {.id = id, .queue = job->queue, .verb = Verb::retry, .from = job->state, .to = State::available, .reason = Reason::retried, .claim_no = job->claim_no});
  tx.wake(job->queue);
  return RetryStatus::retried;
}

RemoveStatus remove_one(Transaction& tx, JobId const& id, std::vector<State> const& only) {
  auto const job = find(tx.db(), id);
  if (!job) return RemoveStatus::not_found;
  if (job->state == State::running) return RemoveStatus::running;
  if (!only.empty() && std::find(only.begin(), only.end(), job->state) == only.end()) return RemoveStatus::other_state;
  tx.db().execute(Sql::prune_attempts, job->seq);
  if (is_final(job->state))
    leave_finished(tx, *job);
  else
    tx.db().execute(Sql::unfinished_delete, job->seq);
  tx.db().execute(Sql::remove, job->seq);
  tx.changed(
      {.id = id, .queue = job->queue, .verb = Verb::remove, .from = job->state, .to = std::nullopt, .reason = Reason::removed, .claim_no = job->claim_no});
  return RemoveStatus::removed;
}

void check_queue_name(std::string const& queue) {
  if (valid_name(queue)) return;
  throw Error(ErrorKind::invalid, fmt::format("sqlite: '{}' is no queue name: 1 to 128 letters, digits, '_', '.', '-', starting with "
                                              "a letter or digit",
                                              queue));
}

}  // namespace

CancelResult SqliteStore::cancel(CancelRequest const& request) {
  return write(Sync::full, "cancel in", [&](Transaction& tx) {
    CancelResult result;
    Cancelled cancelled;
    for (JobId const& id : request.ids) result.statuses.push_back(cancel_one(tx, id, cancelled));
    note_ends(tx, std::move(cancelled));
    return result;
  });
}

RetryResult SqliteStore::retry(RetryRequest const& request) {
  return write(Sync::full, "retry in", [&](Transaction& tx) {
    RetryResult result;
    for (JobId const& id : request.ids) result.statuses.push_back(retry_one(tx, id));
    return result;
  });
}

RemoveResult SqliteStore::remove(RemoveRequest const& request) {
  return write(Sync::full, "remove from", [&](Transaction& tx) {
    RemoveResult result;
    for (JobId const& id : request.ids) result.statuses.push_back(remove_one(tx, id, request.only));
    return result;
  });
}

void SqliteStore::pause(PauseRequest const& request) {
  check_queue_name(request.queue);
  write(Sync::full, "pause in", [&](Transaction& tx) { tx.db().execute(Sql::pause, request.queue); });
}

void SqliteStore::resume(PauseRequest const& request) {
  check_queue_name(request.queue);
  constexpr int kAll = 1 << 20;  // the queue may hold much work: ring for as many as are woken at once
  write(Sync::full, "resume in", [&](Transaction& tx) {
    tx.db().execute(Sql::resume, request.queue);
    tx.db().execute(Sql::resume_forget, request.queue);
    tx.wake(request.queue, kAll);
  });
}

}  // namespace kue::sqlite
