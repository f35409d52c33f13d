#include "kue/stores/memory/store.hpp"

#include <kue/error.hpp>

#include <algorithm>

namespace kue::memory {
namespace {

bool must_come_alone(JobRecord const& record) { return record.tally.crashes > 0 || record.tally.node_losses > 0; }

}  // namespace

ClaimResult MemoryStore::claim(ClaimRequest const& request) {
  if (request.holder == 0) throw Error(ErrorKind::invalid, "memory: claim without a holder: 0 means nobody. Use kue::random_bits().");
  Lock const held = lock();
  ClaimResult result;
  result.finishes = write(Verb::finish, request.finishes);  // also of a dead node: the fence alone decides about them
  if (!alive(request.node)) {
    result.node_dead = true;
    return result;
  }
  bool const by_preference = !request.queues.empty();
  auto const queues = open_queues(request.queues);
  for (std::string const& queue : queues) tables_.make_due(queue, clock_.now());

  while (static_cast<int>(result.jobs.size()) < request.max) {
    auto const turn = next_turn(queues, by_preference);
    if (!turn) break;
    Row& record = tables_.at(turn->seq);
    bool const alone = must_come_alone(record);
    if (alone && !result.jobs.empty()) break;  // not skipped: the order holds, it opens the next claim
    result.jobs.push_back(take(record, request));
    if (alone) break;
  }

  result.more = work_left(queues);
  for (std::string const& queue : queues) {
    auto const& later = tables_.later(queue);
    if (!later.empty() && (!result.next_due || later.begin()->at < *result.next_due)) result.next_due = later.begin()->at;
  }
  return result;
}

std::vector<std::string> MemoryStore::open_queues(std::span<std::string const> asked) const {
  std::vector<std::string> queues;
  auto const add = [&](std::string const& queue) {
    bool const known = std::find(queues.begin(), queues.end(), queue) != queues.end();
    if (!known && !tables_.paused(queue)) queues.push_back(queue);
  };
  if (asked.empty()) {
    for (std::string const& queue : tables_.queues()) add(queue);
  } else {
    for (std::string const& queue : asked) add(queue);
  }
  return queues;
}

// Named queues one after the other; all queues (none named) as if they were one.
std::optional<Turn> MemoryStore::next_turn(std::vector<std::string> const& queues, bool by_preference) const {
  std::optional<Turn> best;
  for (std::string const& queue : queues) {
    auto const& claimable = tables_.claimable(queue);
    if (claimable.empty()) continue;
    if (by_preference) return *claimable.begin();
    if (!best || *claimable.begin() < *best) best = *claimable.begin();
  }
  return best;
}

Claimed MemoryStore::take(Row& record, ClaimRequest const& request) {
  State const before = record.state;
  tables_.change(record, [&](Row& job) {
    job.state = State::running;
    job.holder = request.holder;
    job.node = request.node;
    job.claim_no += 1;
    job.claimed_at = clock_.now();
    job.progress.reset();  // a new run begins at nothing
  });
  record_event(Verb::claim, record, before, State::running, Reason::claimed);
  return {.job = record.job, .seq = record.seq, .claim_no = record.claim_no, .tally = record.tally, .claimed_at = record.claimed_at};
}

bool MemoryStore::work_left(std::vector<std::string> const& queues) const {
  return std::any_of(queues.begin(), queues.end(), [&](std::string const& queue) { return !tables_.claimable(queue).empty(); });
}

}  // namespace kue::memory
