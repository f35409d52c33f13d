#pragma once
// What a store does with jobs: push, claim, finish and release, progress, cancel, retry, remove.
//
//   auto const got = store.claim({.node = node, .holder = holder, .max = 10});
//   for (kue::Claimed const& one : got.jobs) run(one.job);
//
// One parameter struct in, one result struct out, batches everywhere; statuses come in the order of what was asked for.
// Values; no threads, no failure.

#include <kue/claim.hpp>
#include <kue/pushed.hpp>
#include <kue/record.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kue {

// ---- push: all of the jobs or, if it throws, none.
struct PushRequest {
  std::span<Envelope const> jobs = {};
};
struct PushResult {
  std::vector<PushStatus> statuses = {};
};

// ---- finish, release: what a run came to. Both are the same write; the verb says who speaks and lands in the event.
struct Transition {
  State to = State::completed;
  Reason reason = Reason::completed;
  Millis delay{0};   // scheduled, retryable: run_at = the store's now + delay. available: 0, keeps its place
  Tally tally = {};  // the counters from now on
  bool operator==(Transition const&) const = default;
};
struct Finish {
  Claim claim = {};
  Transition transition = {};
  std::optional<TimePoint> started_at = {};  // when run began, if it did
  std::optional<Attempt> attempt = {};       // kept in the job's history; none for completed and returned
  std::string result = {};                   // JSON
};
// already: this claim has ended the job, or given it back, before. stale: the claim is not the job's present one.
// cancelled: written, but a person had asked to cancel the job while it ran: it is cancelled and does not wait again.
enum class FinishStatus : std::uint8_t { applied, already, stale, cancelled };
struct FinishRequest {
  std::span<Finish const> items = {};
};
struct FinishResult {
  std::vector<FinishStatus> statuses = {};
};
using ReleaseRequest = FinishRequest;
using ReleaseResult = FinishResult;

// ---- claim: takes up to `max` due jobs. Scheduled and retryable jobs whose time has come are made available in the
// same step.

// Which queues, and in which order their lanes are visited. A lane is a line of waiting jobs: those of one queue and
// priority.
struct QueueSelector {
  std::span<std::string const> names = {};  // empty: every queue. A name twice counts once
  enum class Order : std::uint8_t {
    preference,  // one named queue after the other, as they stand; in each by priority, then arrival
    together,    // as if they were one: by priority, then arrival
  };
  Order order = Order::preference;  // of no names: together
};
struct ClaimRequest {
  std::uint64_t node = 0;  // must be alive: see beat
  std::uint64_t holder = 0;
  QueueSelector queues = {};
  int max = 1;
  std::span<Finish const> finishes =
      {};  // written first, in the same transaction; also those of a dead node: the fence decides
};
struct Claimed {
  Envelope job = {};
  Claim claim = {};
  Tally tally = {};
  TimePoint claimed_at{};
};
enum class NodeState : std::uint8_t {
  alive,
  dead,     // declared dead by another: nothing is claimed, start over under a new name
  unknown,  // the store has never heard of it (or has forgotten it): nothing is claimed, beat first
};
struct ClaimResult {
  NodeState node = NodeState::alive;
  std::vector<Claimed> jobs = {};  // a job with crashes or node losses always comes alone
  std::vector<FinishStatus> finishes = {};
  bool more = false;                       // due work was left for these queues: wake another
  std::optional<TimePoint> next_due = {};  // earliest scheduled or retryable job of these queues
};

// ---- progress: of a claim that is not the job's present one it changes nothing.
struct ProgressItem {
  Claim claim = {};
  Progress progress = {};
};
struct ProgressRequest {
  std::span<ProgressItem const> items = {};
};

// ---- cancel, retry, remove
// asked: it is running, and only its holder may end it. The row is marked: the worker asks the job to stop, and kills
// it after a grace. Whatever the run comes to, a job that is marked does not wait again: a finish or release that would
// make it available, scheduled or retryable makes it cancelled instead, with the counters that it had.
enum class CancelStatus : std::uint8_t { cancelled, asked, final, not_found };
struct CancelRequest {
  std::span<JobId const> ids = {};
};
struct CancelResult {
  std::vector<CancelStatus> statuses = {};
};
enum class RetryStatus : std::uint8_t {
  retried,
  not_final,
  completed,
  not_found
};  // retried: available, counters at 0
struct RetryRequest {
  std::span<JobId const> ids = {};
};
struct RetryResult {
  std::vector<RetryStatus> statuses = {};
};
// removed: gone, with its history. `only`: leave alone what is in another state by now (other_state); empty: any but
// running.
enum class RemoveStatus : std::uint8_t { removed, running, other_state, not_found };
struct RemoveRequest {
  std::span<JobId const> ids = {};
  std::vector<State> only = {};
};
struct RemoveResult {
  std::vector<RemoveStatus> statuses = {};
};

}  // namespace kue
