#include "kue/stores/memory/store.hpp"

#include <algorithm>

namespace kue::memory {
namespace {

bool names_a_holder(Verb verb) { return verb == Verb::claim || verb == Verb::finish || verb == Verb::release; }

}  // namespace

void MemoryStore::record_event(Verb verb, JobRecord const& record, std::optional<State> from, std::optional<State> to, Reason reason) {
  if (!event_log_) return;
  Event event{.seq = static_cast<std::int64_t>(events_.size()) + 1,
              .at = clock_.now(),
              .id = record.job.id,
              .verb = verb,
              .from = from,
              .to = to,
              .reason = reason,
              .claim_no = record.claim_no};
  if (names_a_holder(verb)) {
    event.holder = record.holder;
    event.node = record.node;
  }
  events_.push_back(event);
}

// What it asked for, by whom; nothing of it happened.
void MemoryStore::record_stale(Verb verb, Finish const& item) {
  if (!event_log_) return;
  events_.push_back({.seq = static_cast<std::int64_t>(events_.size()) + 1,
                     .at = clock_.now(),
                     .id = item.id,
                     .verb = verb,
                     .from = State::running,
                     .to = item.transition.to,
                     .reason = item.transition.reason,
                     .claim_no = item.claim_no,
                     .holder = item.holder,
                     .stale = true});
}

std::vector<Event> MemoryStore::events(EventsRequest const& request) {
  Lock const held = lock();
  auto const count = static_cast<std::int64_t>(events_.size());
  auto const first = std::clamp<std::int64_t>(request.after, 0, count);  // seq counts from 1 without holes
  auto const last = std::min<std::int64_t>(count, first + std::max(request.limit, 0));
  return {events_.begin() + first, events_.begin() + last};
}

}  // namespace kue::memory
