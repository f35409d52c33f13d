// What a person does to jobs and queues: cancel, retry, remove, pause, resume.

#include "kue/stores/memory/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace kue::memory {
namespace {

void check_queue_name(std::string const& queue) {
  if (valid_name(queue)) return;
  throw Error(ErrorKind::invalid, fmt::format("memory: '{}' is no queue name: 1 to 128 letters, digits, '_', '.', '-', starting with "
                                              "a letter or digit",
                                              queue));
}

}  // namespace

CancelResult MemoryStore::cancel(CancelRequest const& request) {
  Lock const held = lock();
  CancelResult result;
  for (JobId const& id : request.ids) {
    Row* const record = tables_.find(id);
    if (!record) {
      result.statuses.push_back(CancelStatus::not_found);
    } else if (record->state == State::running) {
      // Its holder alone may end it. In no order of Tables: no change() needed.
      if (!record->cancel_asked_at) record->cancel_asked_at = clock_.now();
      result.statuses.push_back(CancelStatus::asked);
    } else if (is_final(record->state)) {
      result.statuses.push_back(CancelStatus::final);
    } else {
      State const before = record->state;
      tables_.change(*record, [&](Row& job) {
        job.state = State::cancelled;
        job.finished_at = clock_.now();
      });
      record_event(Verb::cancel, *record, before, State::cancelled, Reason::cancelled);
      result.statuses.push_back(CancelStatus::cancelled);
    }
  }
  return result;
}

RetryResult MemoryStore::retry(RetryRequest const& request) {
  Lock const held = lock();
  RetryResult result;
  for (JobId const& id : request.ids) {
    Row* const record = tables_.find(id);
    if (!record) {
      result.statuses.push_back(RetryStatus::not_found);
    } else if (record->state == State::completed) {
      result.statuses.push_back(RetryStatus::completed);
    } else if (!is_final(record->state)) {
      result.statuses.push_back(RetryStatus::not_final);
    } else {
      State const before = record->state;
      tables_.change(*record, [&](Row& job) {
        job.state = State::available;
        job.run_at = clock_.now();
        job.finished_at.reset();
        job.tally = Tally{.max_attempts = job.tally.max_attempts};
      });
      record_event(Verb::retry, *record, before, State::available, Reason::retried);
      result.statuses.push_back(RetryStatus::retried);
    }
  }
  bell_.ring();
  return result;
}

RemoveResult MemoryStore::remove(RemoveRequest const& request) {
  Lock const held = lock();
  RemoveResult result;
  for (JobId const& id : request.ids) {
    Row const* const record = tables_.find(id);
    bool const wanted = record && (request.only.empty() || std::find(request.only.begin(), request.only.end(), record->state) != request.only.end());
    if (!record) {
      result.statuses.push_back(RemoveStatus::not_found);
    } else if (record->state == State::running) {
      result.statuses.push_back(RemoveStatus::running);
    } else if (!wanted) {
      result.statuses.push_back(RemoveStatus::other_state);
    } else {
      record_event(Verb::remove, *record, record->state, std::nullopt, Reason::removed);
      tables_.erase(record->seq);
      result.statuses.push_back(RemoveStatus::removed);
    }
  }
  return result;
}

void MemoryStore::pause(PauseRequest const& request) {
  check_queue_name(request.queue);
  Lock const held = lock();
  tables_.set_paused(request.queue, true);
}

void MemoryStore::resume(PauseRequest const& request) {
  check_queue_name(request.queue);
  Lock const held = lock();
  tables_.set_paused(request.queue, false);
  bell_.ring();
}

}  // namespace kue::memory
