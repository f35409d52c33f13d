#include <kue/store_queue.hpp>

#include <kue/consumer.hpp>
#include <kue/error.hpp>

#include "kue/base/bounded.hpp"
#include "kue/core/attempt_record.hpp"
#include "kue/core/decide.hpp"
#include "kue/core/queue_order.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace kue {
namespace {

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return "unknown";
  return name;
}

std::vector<Pushed> answered(std::span<Envelope const> jobs, PushResult const& result) {
  std::vector<Pushed> pushed;
  pushed.reserve(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) pushed.push_back({jobs[i].id, result.statuses.at(i)});
  return pushed;
}

Delivery deliver(Claimed claimed) {
  Delivery delivery;
  delivery.job = std::move(claimed.job);
  delivery.claim = std::move(claimed.claim);
  delivery.tally = claimed.tally;
  delivery.attempt = claimed.tally.attempt + 1;
  delivery.claimed_at = claimed.claimed_at;
  return delivery;
}

}  // namespace

// Who pops: the child of a worker, or, popped without one, a node of its own.
struct StoreQueue::Identity {
  std::uint64_t node = 0;
  std::uint64_t holder = 0;
  bool of_a_worker = false;
  std::vector<std::string> queues;
  std::vector<int> weights;  // empty: the queues are asked as they stand
  SteadyPoint next_beat{};

  std::vector<std::string> drawn(Random& random) const {
    if (weights.empty()) return queues;
    std::vector<std::string> order;
    for (std::size_t const index : core::draw_order(weights, random)) order.push_back(queues[index]);
    return order;
  }
  std::atomic<bool> interrupted{false};
};

StoreQueue::StoreQueue(std::shared_ptr<Store> store, Clock const& clock, Random& random)
    : store_(guarded(std::move(store))), clock_(clock), random_(random), identity_(std::make_unique<Identity>()) {}

StoreQueue::~StoreQueue() = default;

Pushed StoreQueue::push(Envelope job) { return {job.id, store_->push({.jobs = std::span(&job, 1)}).statuses.at(0)}; }

std::vector<Pushed> StoreQueue::push_many(std::span<Envelope> jobs) {
  return answered(jobs, store_->push({.jobs = jobs}));
}

Pushed StoreQueue::push_in(Foreign& transaction, Envelope job) {
  return {job.id, store_->push_in(transaction, {.jobs = std::span(&job, 1)}).statuses.at(0)};
}

std::optional<JobStatus> StoreQueue::find(JobId id) {
  std::optional<JobRecord> record = store_->get(id);
  if (!record) return std::nullopt;
  return status_of(std::move(*record));
}

void StoreQueue::process(Consumer& worker) {
  identity_->node = worker.node();
  identity_->holder = worker.holder();
  identity_->queues = worker.queues();
  identity_->weights = worker.queue_weights();
  identity_->of_a_worker = true;
}

void StoreQueue::become_a_node() {
  if (identity_->of_a_worker) return;
  SteadyPoint const now = clock_.steady_now();
  if (identity_->node != 0 && now < identity_->next_beat) return;
  if (identity_->node == 0) {
    identity_->node = random_bits();
    identity_->holder = random_bits();
  }
  BeatResult const beat = store_->beat({.node = identity_->node, .name = host_name(), .pid = ::getpid()});
  if (!beat.alive) {  // declared dead while nobody popped: what it held runs elsewhere; start over under a new name
    identity_->node = 0;
    return become_a_node();
  }
  identity_->next_beat = now + limits::kNodeBeat;
}

std::optional<Delivery> StoreQueue::pop(Millis wait) {
  std::vector<Delivery> deliveries = pop_many(1, wait);
  if (deliveries.empty()) return std::nullopt;
  return std::move(deliveries.front());
}

std::vector<Delivery> StoreQueue::pop_many(int max, Millis wait) { return pop_many(max, wait, {}); }

std::vector<Delivery> StoreQueue::pop_many(int max, Millis wait, Merged const& merged) {
  SteadyPoint const until = clock_.steady_now() + bounded(wait);
  std::vector<Delivery> deliveries;
  std::span<Finish const> finishes = merged.items;
  while (true) {
    become_a_node();
    std::vector<std::string> const order = identity_->drawn(random_);
    ClaimResult claimed = store_->claim(
        {.node = identity_->node, .holder = identity_->holder, .queues = {order}, .max = max, .finishes = finishes});
    if (!finishes.empty() && merged.written) merged.written(claimed.finishes);
    finishes = {};
    if (claimed.node == NodeState::unknown) {
      if (identity_->of_a_worker)
        throw Error(ErrorKind::not_found,
                    "the store has never heard of this worker, or has forgotten it; it beats again");
      identity_->next_beat = {};
      if (clock_.steady_now() >= until) return deliveries;
      continue;
    }
    if (claimed.node == NodeState::dead) {
      throw Error(ErrorKind::stale, "this worker was declared dead by another (no beat for " +
                                        std::to_string(limits::kNodeDead.count()) +
                                        " s); it claims nothing more and must start over");
    }
    deliveries.reserve(claimed.jobs.size());
    for (Claimed& job : claimed.jobs) deliveries.push_back(deliver(std::move(job)));
    if (claimed.more) store_->wake(identity_->queues);
    if (!deliveries.empty() || identity_->interrupted.exchange(false)) return deliveries;

    SteadyPoint const now = clock_.steady_now();
    if (now >= until) return deliveries;
    SteadyPoint wake_at = until;
    if (claimed.next_due) {
      wake_at = std::min(wake_at, now + std::max(*claimed.next_due - clock_.now(), Millis(1)));
    }
    if (!identity_->of_a_worker)
      wake_at = std::min(wake_at, identity_->next_beat);  // nobody else says that this node lives
    WaitResult handed = store_->wait(
        {.queues = {identity_->queues}, .until = wake_at, .node = identity_->node, .holder = identity_->holder});
    for (Claimed& job : handed.jobs) deliveries.push_back(deliver(std::move(job)));
    if (!deliveries.empty()) return deliveries;
  }
}

void StoreQueue::finish(Delivery const& delivery, Outcome const& outcome) {
  finish_run(delivery, outcome, std::nullopt);
}

FinishStatus StoreQueue::finish_run(Delivery const& delivery, Outcome const& outcome,
                                    std::optional<TimePoint> started_at) {
  Finish item =
      describe_finish(delivery, outcome, core::decide(delivery.tally, outcome, clock_.now(), random_), started_at);
  if (core::verb_of(outcome.kind) == Verb::release)
    return store_->release({.items = std::span(&item, 1)}).statuses.at(0);
  return store_->finish({.items = std::span(&item, 1)}).statuses.at(0);
}

FinishStatus StoreQueue::finish_run_in(Foreign& transaction, Delivery const& delivery, Outcome const& outcome,
                                       std::optional<TimePoint> started_at) {
  Finish const item =
      describe_finish(delivery, outcome, core::decide(delivery.tally, outcome, clock_.now(), random_), started_at);
  return store_->finish_in(transaction, {.items = std::span(&item, 1)}).statuses.at(0);
}

// A job that runs is removed by nobody: one that is gone has ended before.
bool StoreQueue::was_ended_by(Claim const& claim) {
  std::optional<JobRecord> const record = store_->get(claim.id);
  return !record || (is_final(record->state) && record->holder == claim.holder && record->claim_no == claim.claim_no);
}

Finish StoreQueue::describe_finish(Delivery const& delivery, Outcome const& outcome, Transition const& next,
                                   std::optional<TimePoint> started_at) const {
  return core::finish_of(delivery.claim, outcome, next, started_at,
                         {.attempt = delivery.attempt,
                          .started_at = delivery.claimed_at,
                          .ended_at = clock_.now(),
                          .node = identity_->node,
                          .pid = ::getpid()});
}

void StoreQueue::release(Delivery const& delivery) {
  finish_run(delivery, {.kind = Outcome::Kind::returned}, std::nullopt);
}

Capabilities StoreQueue::capabilities() const {
  return {.acknowledge = true, .delay = true, .priority = true, .find = true};
}

void StoreQueue::interrupt() noexcept {
  identity_->interrupted = true;
  store_->interrupt();
}

}  // namespace kue
