#include "kue/stores/memory/verbs/store.hpp"

namespace kue::memory {

PushResult MemoryStore::push(PushRequest const& request) {
  Lock const held = lock();
  PushResult result;
  for (Envelope const& job : request.jobs) {
    bool const known = tables_.find(job.id) != nullptr;
    if (known)
      tables_.skip_number();
    else
      tables_.add(job);
    result.statuses.push_back(known ? PushStatus::already : PushStatus::pushed);
  }
  return result;
}

}  // namespace kue::memory
