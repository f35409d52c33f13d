// decide() against the table of DESIGN 4, row by row.

#include "kue/core/decide.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace kue::core {
namespace {

using namespace std::chrono_literals;
using Kind = Outcome::Kind;

TimePoint const kNow{1'767'000'000'000ms};

// Gives the least or the greatest number, and remembers what it was asked for.
struct Dice : Random {
  explicit Dice(bool greatest) : greatest_(greatest) {}
  std::uint64_t below(std::uint64_t bound) override {
    bounds.push_back(bound);
    return greatest_ && bound > 0 ? bound - 1 : 0;
  }
  std::vector<std::uint64_t> bounds;

 private:
  bool greatest_;
};

Transition after(Tally const& tally, Outcome const& outcome, TimePoint now = kNow) {
  Dice dice(false);
  return decide(tally, outcome, now, dice);
}
Transition after(Tally const& tally, Kind kind) { return after(tally, Outcome{.kind = kind}); }

Transition expected(State to, Reason reason, Millis delay, Tally const& tally) { return {to, reason, delay, tally}; }

constexpr Tally kSome{.attempt = 3, .max_attempts = 25, .crashes = 1, .node_losses = 2, .interruptions = 4};

Tally with_attempt(Tally tally, std::uint32_t attempt) {
  tally.attempt = attempt;
  return tally;
}

TEST(Decide, completed_counts_the_attempt) {
  EXPECT_EQ(after(kSome, completed()), expected(State::completed, Reason::completed, 0ms, with_attempt(kSome, 4)));
}

TEST(Decide, completed_on_the_last_attempt_is_completed) {
  EXPECT_EQ(after({.attempt = 24}, completed()).to, State::completed);
  EXPECT_EQ(after({.attempt = 0, .max_attempts = 1}, completed()).to, State::completed);
}

TEST(Decide, an_error_is_tried_again) {
  EXPECT_EQ(after(kSome, Kind::failed),
            expected(State::retryable, Reason::error, 96s, with_attempt(kSome, 4)));  // 3^4 + 15
}

TEST(Decide, a_time_out_is_tried_again) {
  EXPECT_EQ(after(kSome, Kind::timed_out), expected(State::retryable, Reason::timeout, 96s, with_attempt(kSome, 4)));
}

TEST(Decide, the_last_failure_discards) {
  for (Kind const kind : {Kind::failed, Kind::timed_out}) {
    EXPECT_EQ(after({.attempt = 23}, kind).to, State::retryable);
    EXPECT_EQ(after({.attempt = 24}, kind), expected(State::discarded, Reason::exhausted, 0ms, {.attempt = 25}));
    EXPECT_EQ(after({.max_attempts = 1}, kind).to, State::discarded);
  }
}

TEST(Decide, a_delay_asked_for_replaces_the_formula) {
  Dice dice(true);
  Transition const next = decide(kSome, retry_in(1234ms, "busy"), kNow, dice);
  EXPECT_EQ(next, expected(State::retryable, Reason::error, 1234ms, with_attempt(kSome, 4)));
  EXPECT_TRUE(dice.bounds.empty());
}

TEST(Decide, a_delay_asked_for_is_no_attempt_more) {
  EXPECT_EQ(after({.attempt = 24}, retry_in(1s, "busy")).to, State::discarded);
}

TEST(Decide, no_delay_is_negative) {
  EXPECT_EQ(after(kSome, retry_in(-1h, "wrong")).delay, 0ms);
  EXPECT_EQ(after(kSome, snooze(-1h)).delay, 0ms);
}

TEST(Decide, a_snooze_counts_nothing) {
  EXPECT_EQ(after(kSome, snooze(5min)), expected(State::scheduled, Reason::snoozed, 5min, kSome));
  EXPECT_EQ(after({.attempt = 24}, snooze(0ms)), expected(State::scheduled, Reason::snoozed, 0ms, {.attempt = 24}));
}

TEST(Decide, cancelled_by_the_job) {
  EXPECT_EQ(after(kSome, cancel("order deleted")), expected(State::cancelled, Reason::cancelled, 0ms, kSome));
}

TEST(Decide, gave_up_and_corrupt_discard_at_once) {
  EXPECT_EQ(after(kSome, discard("hopeless")),
            expected(State::discarded, Reason::gave_up, 0ms, with_attempt(kSome, 4)));
  EXPECT_EQ(after(kSome, Kind::corrupt), expected(State::discarded, Reason::corrupt, 0ms, with_attempt(kSome, 4)));
}

TEST(Decide, an_unknown_kind_waits_ten_seconds_and_counts_nothing) {
  Tally first = kSome;
  first.unknown_since = kNow;
  EXPECT_EQ(after(kSome, Kind::unknown_kind), expected(State::scheduled, Reason::unknown_kind, 10s, first));
}

TEST(Decide, an_unknown_kind_is_discarded_after_an_hour) {
  Tally since = kSome;
  since.unknown_since = kNow;
  Outcome const unknown{.kind = Kind::unknown_kind};
  EXPECT_EQ(after(since, unknown, kNow + 1h - 1ms), expected(State::scheduled, Reason::unknown_kind, 10s, since));
  EXPECT_EQ(after(since, unknown, kNow + 1h), expected(State::discarded, Reason::unknown_kind, 0ms, since));
}

TEST(Decide, the_hour_begins_anew_once_the_kind_was_known) {
  Tally since = kSome;
  since.unknown_since = kNow - 59min;
  EXPECT_EQ(after(since, Kind::failed).tally.unknown_since, std::nullopt);
  EXPECT_EQ(after(since, snooze(1s)).tally.unknown_since, std::nullopt);
  EXPECT_EQ(after(since, Kind::returned).tally.unknown_since, since.unknown_since);  // it was not looked at
}

TEST(Decide, a_returned_job_counts_nothing_however_often) {
  EXPECT_EQ(after(kSome, Kind::returned), expected(State::available, Reason::returned, 0ms, kSome));
  Tally tally = kSome;
  for (int i = 0; i < 1000; ++i) tally = after(tally, Kind::returned).tally;
  EXPECT_EQ(tally, kSome);
}

TEST(Decide, ten_interruptions_are_free_then_each_counts) {
  Tally tally;
  for (std::uint32_t i = 1; i <= 10; ++i) {
    Transition const next = after(tally, interrupted());
    EXPECT_EQ(next, expected(State::available, Reason::interrupted, 0ms, {.interruptions = i}));
    tally = next.tally;
  }
  for (std::uint32_t i = 11; i <= 34; ++i) {
    tally = after(tally, interrupted()).tally;
    EXPECT_EQ(tally, (Tally{.attempt = i - 10, .interruptions = i}));
  }
  EXPECT_EQ(after(tally, interrupted()),
            expected(State::discarded, Reason::interrupted, 0ms, {.attempt = 25, .interruptions = 35}));
}

TEST(Decide, a_crash_is_tried_at_once_twice_then_it_is_poison) {
  for (auto const& [kind, reason] : {std::pair(Kind::crashed, Reason::crashed), std::pair(Kind::oom, Reason::oom)}) {
    Transition const first = after({.attempt = 5}, kind);
    EXPECT_EQ(first, expected(State::available, reason, 0ms, {.attempt = 5, .crashes = 1}));
    Transition const second = after(first.tally, kind);
    EXPECT_EQ(second, expected(State::available, reason, 0ms, {.attempt = 5, .crashes = 2}));
    EXPECT_EQ(after(second.tally, kind), expected(State::discarded, Reason::poison, 0ms, {.attempt = 5, .crashes = 3}));
  }
}

TEST(Decide, a_crash_is_not_against_max_attempts) {
  EXPECT_EQ(after({.attempt = 0, .max_attempts = 1}, Kind::crashed).to, State::available);
  EXPECT_EQ(after({.attempt = 24}, Kind::oom).tally.attempt, 24u);
}

TEST(Decide, deaths_of_any_kind_add_up) {
  EXPECT_EQ(after({.crashes = 2}, Kind::crashed).reason, Reason::poison);
  EXPECT_EQ(after({.crashes = 2}, Kind::oom).reason, Reason::poison);
  EXPECT_EQ(after({.crashes = 2}, Kind::hard_timeout).reason, Reason::poison);
}

TEST(Decide, a_hard_time_out_is_a_death_and_an_attempt) {
  EXPECT_EQ(after({.attempt = 5}, Kind::hard_timeout),
            expected(State::available, Reason::hard_timeout, 0ms, {.attempt = 6, .crashes = 1}));
  EXPECT_EQ(after({.attempt = 24}, Kind::hard_timeout),
            expected(State::discarded, Reason::hard_timeout, 0ms, {.attempt = 25, .crashes = 1}));
  EXPECT_EQ(after({.attempt = 5, .crashes = 2}, Kind::hard_timeout),
            expected(State::discarded, Reason::poison, 0ms, {.attempt = 6, .crashes = 3}));
}

TEST(Decide, what_the_store_lost_counts_nothing) {
  EXPECT_EQ(after(kSome, Kind::lost_call), expected(State::available, Reason::lost_call, 0ms, kSome));
  EXPECT_EQ(after(kSome, Kind::store_restart), expected(State::available, Reason::store_restart, 0ms, kSome));
}

TEST(Decide, a_lost_node_is_counted_for_itself) {
  EXPECT_EQ(after({.attempt = 5}, Kind::node_lost),
            expected(State::available, Reason::node_lost, 0ms, {.attempt = 5, .node_losses = 1}));
  EXPECT_EQ(after({.attempt = 24}, Kind::node_lost).to, State::available);
}

TEST(Decide, too_many_lost_nodes_discard) {
  EXPECT_EQ(after({.node_losses = limits::kMaxNodeLosses - 1}, Kind::node_lost).to, State::available);
  Transition const last = after({.node_losses = limits::kMaxNodeLosses}, Kind::node_lost);
  EXPECT_EQ(last.to, State::discarded);
  EXPECT_EQ(last.reason, Reason::node_lost);
}

// The verb under which a worker writes an outcome: the child's own words are a finish, everything else gives back.
Verb verb_of(Kind kind) { return kind <= Kind::unknown_kind ? Verb::finish : Verb::release; }

TEST(Decide, never_leaves_the_transition_table) {
  std::optional<TimePoint> const since[] = {std::nullopt, kNow, kNow - 2h};
  for (std::uint8_t k = 0; k <= static_cast<std::uint8_t>(Kind::node_lost); ++k) {
    Kind const kind = static_cast<Kind>(k);
    for (std::uint32_t const attempt : {0u, 1u, 23u, 24u, 25u, 30u}) {
      for (std::uint32_t const max : {1u, 2u, 25u, 1000u}) {
        for (std::uint32_t const deaths : {0u, 1u, 2u, 3u, 9u, 10u, 11u}) {
          for (auto const& unknown : since) {
            Tally const tally{.attempt = attempt,
                              .max_attempts = max,
                              .crashes = deaths,
                              .node_losses = deaths,
                              .interruptions = deaths,
                              .unknown_since = unknown};
            Transition const next = after(tally, kind);
            EXPECT_TRUE(allowed(verb_of(kind), State::running, next.to, next.reason))
                << to_string(kind) << " -> " << to_string(next.to) << " because of " << to_string(next.reason);
            EXPECT_GE(next.delay, 0ms);
            EXPECT_EQ(next.tally.max_attempts, max);
            bool const waits = next.to == State::scheduled || next.to == State::retryable;
            EXPECT_TRUE(waits || next.delay == 0ms) << "only what waits has a delay";
          }
        }
      }
    }
  }
}

TEST(Decide, is_pure) {
  Outcome const outcome{.kind = Kind::failed};
  EXPECT_EQ(after(kSome, outcome), after(kSome, outcome));
  EXPECT_EQ(after(kSome, outcome, kNow), after(kSome, outcome, kNow + 100h));  // now is for unknown kinds only
}

TEST(Decide, every_job_ends) {
  for (Kind const kind : {Kind::failed, Kind::timed_out, Kind::crashed, Kind::oom, Kind::hard_timeout, Kind::node_lost,
                          Kind::interrupted}) {
    Tally tally;
    int runs = 0;
    for (State state = State::available; !is_final(state) && runs < 100; ++runs) {
      Transition const next = after(tally, kind);
      tally = next.tally;
      state = next.to;
    }
    EXPECT_LT(runs, 100) << to_string(kind);
  }
}

TEST(RetryDelay, is_the_formula_at_both_ends_of_chance) {
  for (std::uint32_t n : {0u, 1u, 2u, 3u, 10u, 23u}) {
    std::uint64_t const base = std::uint64_t{n} * n * n * n + 15;
    Dice least(false), greatest(true);
    EXPECT_EQ(retry_delay(n, least), std::chrono::seconds(base)) << n;
    EXPECT_EQ(retry_delay(n, greatest), std::chrono::seconds(base + 10 * (n + 1) - 1)) << n;
    EXPECT_EQ(least.bounds, std::vector<std::uint64_t>{10 * (n + 1)});
  }
}

TEST(RetryDelay, of_the_first_failure_is_15_to_24_seconds) {
  Dice least(false), greatest(true);
  EXPECT_EQ(decide({}, Outcome{.kind = Kind::failed}, kNow, least).delay, 15s);
  EXPECT_EQ(decide({}, Outcome{.kind = Kind::failed}, kNow, greatest).delay, 24s);
}

TEST(RetryDelay, never_overflows) {
  for (std::uint32_t const n : {1000u, 1001u, 100'000u, std::numeric_limits<std::uint32_t>::max()}) {
    Dice greatest(true);
    Millis const delay = retry_delay(n, greatest);
    EXPECT_GT(delay, limits::Days(365));
    EXPECT_GT((kNow + delay).time_since_epoch(), kNow.time_since_epoch());
  }
}

TEST(RetryDelay, adds_up_to_more_than_two_weeks_by_default) {
  Tally tally;
  Millis total{0};
  int failures = 0;
  for (; failures < 100; ++failures) {
    Transition const next = after(tally, Kind::failed);
    if (is_final(next.to)) break;
    total += next.delay;
    tally = next.tally;
  }
  EXPECT_EQ(failures, 24);
  EXPECT_GT(total, limits::Days(16));
  EXPECT_LT(total, limits::Days(17));
}

}  // namespace
}  // namespace kue::core
