#include "kue/stores/memory/verbs/store.hpp"

#include <algorithm>
#include <tuple>

namespace kue::memory {
namespace {

bool must_come_alone(Row const& row) { return row.tally.crashes > 0 || row.tally.node_losses > 0; }

Claimed claimed(Row const& row) {
  return {.job = row.job,
          .claim = {.id = row.job.id,
                    .seq = row.seq,
                    .queue = row.job.queue,
                    .holder = row.holder,
                    .claim_no = row.claim_no},
          .tally = row.tally,
          .claimed_at = row.claimed_at.value()};
}

}  // namespace

ClaimResult MemoryStore::claim(ClaimRequest const& request) {
  Lock const held = lock();
  ClaimResult result;
  result.finishes = write(Verb::finish, request.finishes);
  result.node = state_of(request.node);
  if (result.node != NodeState::alive) return result;
  auto const queues = open_queues(request.queues);
  auto const order = request.queues.names.empty() ? QueueSelector::Order::together : request.queues.order;
  for (std::string const& queue : queues) tables_.make_due(queue);

  while (static_cast<int>(result.jobs.size()) < request.max) {
    auto const lane = next_lane(queues, order);
    if (lane == tables_.lanes().end()) break;
    Row& row = tables_.at(*lane->second.begin());
    bool const alone = must_come_alone(row);
    if (alone && !result.jobs.empty()) break;  // not skipped: the order holds, it opens the next claim
    tables_.make_running(row, request.node, request.holder);
    result.jobs.push_back(claimed(row));
    if (alone) break;
  }

  result.more = work_left(queues);
  for (std::string const& queue : queues) {
    auto const& later = tables_.later(queue);
    if (!later.empty() && (!result.next_due || later.begin()->at < *result.next_due))
      result.next_due = later.begin()->at;
  }
  return result;
}

std::vector<std::string> MemoryStore::open_queues(QueueSelector const& asked) const {
  std::vector<std::string> queues;
  auto const add = [&](std::string const& queue) {
    bool const known = std::find(queues.begin(), queues.end(), queue) != queues.end();
    if (!known && !tables_.paused(queue)) queues.push_back(queue);
  };
  if (asked.names.empty()) {
    for (std::string const& queue : tables_.queues()) add(queue);
  } else {
    for (std::string const& queue : asked.names) add(queue);
  }
  return queues;
}

// Whose head is the next job: of the first queue that has one, or of all of them.
Lanes::const_iterator MemoryStore::next_lane(std::vector<std::string> const& queues, QueueSelector::Order order) const {
  auto const none = tables_.lanes().end();
  auto best = none;
  auto const place = [](Lanes::const_iterator lane) { return std::tuple(lane->first.priority, *lane->second.begin()); };
  for (std::string const& queue : queues) {
    auto const first = tables_.first_lane(queue);
    if (first == none) continue;
    if (order == QueueSelector::Order::preference) return first;
    if (best == none || place(first) < place(best)) best = first;
  }
  return best;
}

bool MemoryStore::work_left(std::vector<std::string> const& queues) const {
  return std::any_of(queues.begin(), queues.end(),
                     [&](std::string const& queue) { return tables_.first_lane(queue) != tables_.lanes().end(); });
}

}  // namespace kue::memory
