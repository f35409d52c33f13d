#include "kue/core/decide.hpp"

#include <algorithm>

namespace kue::core {
namespace {

using Kind = Outcome::Kind;

// A run that failed by itself: tried again while attempts are left.
Transition after_failure(Tally tally, Outcome const& outcome, Reason reason, Random& random) {
  ++tally.attempt;
  if (tally.attempt >= tally.max_attempts) return {State::discarded, Reason::exhausted, Millis(0), tally};
  Millis const delay = outcome.delay ? *outcome.delay : retry_delay(tally.attempt - 1, random);
  return {State::retryable, reason, std::max(delay, Millis(0)), tally};
}

// A run whose process died. Not the job's attempt, but the third death ends it: it must not take the workers down for
// ever.
Transition after_crash(Tally tally, Reason reason) {
  ++tally.crashes;
  if (tally.crashes >= limits::kMaxCrashes) return {State::discarded, Reason::poison, Millis(0), tally};
  return {State::available, reason, Millis(0), tally};
}

Transition after_hard_timeout(Tally tally) {
  ++tally.attempt;
  ++tally.crashes;
  if (tally.crashes >= limits::kMaxCrashes) return {State::discarded, Reason::poison, Millis(0), tally};
  if (tally.attempt >= tally.max_attempts) return {State::discarded, Reason::hard_timeout, Millis(0), tally};
  return {State::available, Reason::hard_timeout, Millis(0), tally};
}

Transition after_interruption(Tally tally) {
  ++tally.interruptions;
  if (tally.interruptions > limits::kFreeInterruptions) ++tally.attempt;
  if (tally.attempt >= tally.max_attempts) return {State::discarded, Reason::interrupted, Millis(0), tally};
  return {State::available, Reason::interrupted, Millis(0), tally};
}

Transition after_node_loss(Tally tally) {
  ++tally.node_losses;
  State const to = tally.node_losses > limits::kMaxNodeLosses ? State::discarded : State::available;
  return {to, Reason::node_lost, Millis(0), tally};
}

Transition after_unknown_kind(Tally tally, TimePoint now) {
  if (!tally.unknown_since) tally.unknown_since = now;
  if (now - *tally.unknown_since >= limits::kUnknownKindLimit)
    return {State::discarded, Reason::unknown_kind, Millis(0), tally};
  return {State::scheduled, Reason::unknown_kind, limits::kUnknownKindDelay, tally};
}

Transition final_state(State to, Reason reason, Tally tally) {
  ++tally.attempt;
  return {to, reason, Millis(0), tally};
}

}  // namespace

Transition decide(Tally const& before, Outcome const& outcome, TimePoint now, Random& random) {
  Tally tally = before;
  if (outcome.kind != Kind::unknown_kind && outcome.kind != Kind::returned) tally.unknown_since.reset();
  switch (outcome.kind) {
    case Kind::completed: return final_state(State::completed, Reason::completed, tally);
    case Kind::failed: return after_failure(tally, outcome, Reason::error, random);
    case Kind::timed_out: return after_failure(tally, outcome, Reason::timeout, random);
    case Kind::snoozed:
      return {State::scheduled, Reason::snoozed, std::max(outcome.delay.value_or(Millis(0)), Millis(0)), tally};
    case Kind::cancelled: return {State::cancelled, Reason::cancelled, Millis(0), tally};
    case Kind::gave_up: return final_state(State::discarded, Reason::gave_up, tally);
    case Kind::corrupt: return final_state(State::discarded, Reason::corrupt, tally);
    case Kind::unknown_kind: return after_unknown_kind(tally, now);
    case Kind::interrupted: return after_interruption(tally);
    case Kind::returned: return {State::available, Reason::returned, Millis(0), tally};
    case Kind::crashed: return after_crash(tally, Reason::crashed);
    case Kind::oom: return after_crash(tally, Reason::oom);
    case Kind::hard_timeout: return after_hard_timeout(tally);
    case Kind::lost_call: return {State::available, Reason::lost_call, Millis(0), tally};
    case Kind::store_restart: return {State::available, Reason::store_restart, Millis(0), tally};
    case Kind::node_lost: return after_node_loss(tally);
  }
  return after_failure(tally, outcome, Reason::error, random);
}

Transition when_asked_to_cancel(Transition const& wanted, Tally const& before) {
  if (is_final(wanted.to)) return wanted;  // it was faster, or had come to its end anyway
  return {State::cancelled, Reason::cancelled, Millis(0), before};
}

Transition as_written(Transition const& wanted, FinishStatus answer, Tally const& before) {
  return answer == FinishStatus::cancelled ? when_asked_to_cancel(wanted, before) : wanted;
}

Verb verb_of(Outcome::Kind kind) { return kind >= Kind::interrupted ? Verb::release : Verb::finish; }

bool is_remembered(Transition const& transition) {
  switch (transition.reason) {
    case Reason::completed:
    case Reason::returned: return false;
    default: return true;
  }
}

Millis retry_delay(std::uint32_t failures_before, Random& random) {
  std::uint64_t const n =
      std::min<std::uint64_t>(failures_before, 1000);  // 1000^4 s is 30,000 years: no overflow above
  std::uint64_t const seconds = n * n * n * n + 15 + random.below(10 * (n + 1));
  return std::chrono::duration_cast<Millis>(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace kue::core
