#include "kue/stores/memory/store.hpp"

namespace kue::memory {

PushResult MemoryStore::push(PushRequest const& request) {
  for (Envelope const& job : request.jobs) job.check();  // all of them before the first is kept: all or nothing
  Lock const held = lock();
  PushResult result;
  for (Envelope const& job : request.jobs) {
    if (tables_.find(job.id)) {
      tables_.skip_number();
      result.statuses.push_back(PushStatus::already);
      continue;
    }
    TimePoint const now = clock_.now();
    JobRecord record;
    record.job = job;
    record.run_at = job.run_at.value_or(now);
    record.state = record.run_at > now ? State::scheduled : State::available;
    record.tally.max_attempts = job.max_attempts;
    record.inserted_at = now;
    JobRecord const& stored = tables_.insert(std::move(record));
    record_event(Verb::push, stored, std::nullopt, stored.state, Reason::pushed);
    result.statuses.push_back(PushStatus::pushed);
  }
  bell_.ring();
  return result;
}

}  // namespace kue::memory
