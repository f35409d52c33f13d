#include "kue/stores/memory/verbs/store.hpp"

namespace kue::memory {

PushResult MemoryStore::push(PushRequest const& request) {
  Lock const held = lock();
  PushResult result;
  std::int64_t seq = tables_.last_seq();
  for (Envelope const& job : request.jobs) {
    ++seq;  // also of one whose id is known: as SQLite, which numbers a list before it knows
    bool const known = tables_.find(job.id) != nullptr;
    if (!known) tables_.add(job, seq);
    result.statuses.push_back(known ? PushStatus::already : PushStatus::pushed);
  }
  return result;
}

}  // namespace kue::memory
