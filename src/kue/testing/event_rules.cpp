// What the events of one job must be by themselves: a legal path, counted claims, a fence that holds.

#include "kue/testing/trail.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kue::testing {
namespace {

// What the events add up to, by the column "counts" of DESIGN 4 - written again here, so that decide() is checked too.
struct Counted {
  std::uint32_t attempt = 0, crashes = 0, node_losses = 0, interruptions = 0;
  bool ambiguous = false;  // poison ends a crash and a hard time-out alike; only the latter is an attempt
};

void count(Event const& event, Counted& so_far) {
  switch (event.reason) {
    case Reason::retried: so_far = {}; break;
    case Reason::corrupt:  // put aside by the claim that met it: nothing ran
      if (event.verb == Verb::finish) ++so_far.attempt;
      break;
    case Reason::completed:
    case Reason::error:
    case Reason::timeout:
    case Reason::exhausted:
    case Reason::gave_up: ++so_far.attempt; break;
    case Reason::hard_timeout:
      ++so_far.attempt;
      ++so_far.crashes;
      break;
    case Reason::crashed:
    case Reason::oom: ++so_far.crashes; break;
    case Reason::poison:
      ++so_far.crashes;
      so_far.ambiguous = true;
      break;
    case Reason::node_lost: ++so_far.node_losses; break;
    case Reason::interrupted:
      if (++so_far.interruptions > limits::kFreeInterruptions) ++so_far.attempt;
      break;
    default: break;
  }
}

class Path {
 public:
  Path(Trail& trail, Verdict& verdict) : trail_(trail), verdict_(verdict) {}

  void walk() {
    for (Event const* event : trail_.events) {
      if (event->stale) {
        refused(*event);
      } else {
        step(*event);
      }
    }
    compare_counters();
  }

 private:
  void say(Rule rule, Event const& event, std::string const& what) {
    add(verdict_, rule, trail_.job, fmt::format("event {}: {}", event.seq, what));
  }

  ClaimTale* current() { return state_ == State::running && !trail_.claims.empty() ? &trail_.claims.back() : nullptr; }

  void refused(Event const& event) {
    ++verdict_.stale_writes;
    ClaimTale const* claim = current();
    // A holder may have claimed the job again: late writes under its previous claim are correctly refused. 0: its last
    // claim.
    bool const of_this_claim = claim != nullptr && (event.claim_no == 0 || event.claim_no == claim->start->claim_no);
    if (of_this_claim && event.holder == claim->start->holder) {
      say(Rule::false_stale, event, fmt::format("the {} of the job's own holder was refused", to_string(event.verb)));
    }
  }

  void step(Event const& event) {
    judge(event);
    if (event.verb == Verb::claim && event.to == State::running) {
      trail_.claims.push_back({.start = &event, .attempt_before = counted_.attempt});
      claim_no_ = event.claim_no;
    } else if (ClaimTale* claim = current(); claim != nullptr && event.to != State::running) {
      claim->end = &event;
    }
    if (event.verb == Verb::finish || event.verb == Verb::release)
      ++verdict_.ends_by_reason[std::string(to_string(event.reason))];
    count(event, counted_);
    state_ = event.to;
  }

  // At most one violation an event: the first rule that it breaks.
  void judge(Event const& event) {
    if (event.from != state_) {
      say(Rule::broken_chain, event,
          fmt::format("starts from {}, but the event before left it {}", word(event.from), word(state_)));
    } else if (changes_final(event)) {
      say(Rule::final_changed, event,
          fmt::format("{} makes {} of a job that was {}", to_string(event.verb), word(event.to), word(event.from)));
    } else if (!allowed(event.verb, event.from, event.to, event.reason)) {
      ++verdict_.illegal;
      say(Rule::illegal_transition, event,
          fmt::format("{} {} -> {} because of {} is not in the table", to_string(event.verb), word(event.from),
                      word(event.to), to_string(event.reason)));
    } else if (event.verb == Verb::claim && event.to == State::running) {
      if (event.claim_no != claim_no_ + 1)
        say(Rule::claim_no, event, fmt::format("claim number {} follows {}", event.claim_no, claim_no_));
    } else if (event.verb == Verb::finish || event.verb == Verb::release) {
      judge_end(event);
    }
  }

  void judge_end(Event const& event) {
    ClaimTale const* claim = current();
    if (claim == nullptr) return;  // a chain that was broken before; said already
    if (event.holder != claim->start->holder) {
      say(Rule::fence, event, fmt::format("{:016x} ended the claim of {:016x}", event.holder, claim->start->holder));
    } else if (event.claim_no != claim->start->claim_no) {
      say(Rule::claim_no, event,
          fmt::format("ends claim {}, but claim {} was running", event.claim_no, claim->start->claim_no));
    }
  }

  static bool changes_final(Event const& event) {
    if (!event.from || !is_final(*event.from) || event.verb == Verb::prune || event.verb == Verb::remove) return false;
    return *event.from == State::completed || event.verb != Verb::retry;
  }

  void compare_counters() {
    if (trail_.records.size() != 1 || trail_.events.empty()) return;
    Tally const& tally = trail_.records.front()->tally;
    bool const same = (counted_.ambiguous || tally.attempt == counted_.attempt) && tally.crashes == counted_.crashes &&
                      tally.node_losses == counted_.node_losses && tally.interruptions == counted_.interruptions;
    if (same) return;
    add(verdict_, Rule::counters, trail_.job,
        fmt::format(
            "the row counts attempt={} crashes={} node_losses={} interruptions={}, its events add up to {} {} {} {}",
            tally.attempt, tally.crashes, tally.node_losses, tally.interruptions, counted_.attempt, counted_.crashes,
            counted_.node_losses, counted_.interruptions));
  }

  static std::string_view word(std::optional<State> state) { return state ? to_string(*state) : "nothing"; }

  Trail& trail_;
  Verdict& verdict_;
  std::optional<State> state_;
  std::uint32_t claim_no_ = 0;
  Counted counted_;
};

}  // namespace

void check_events(Trail& trail, Verdict& verdict) { Path(trail, verdict).walk(); }

}  // namespace kue::testing
