#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

HeadResult head(StoreTest& t, std::string const& queue = "default") { return t.store->head({.queue = queue}); }

void of_an_empty_or_unknown_queue(StoreTest& t) {
  EXPECT_EQ(head(t).waiting_since, std::nullopt);
  EXPECT_EQ(head(t).next_due, std::nullopt);
  t.complete(t.running_job());
  EXPECT_EQ(head(t).waiting_since, std::nullopt);
  EXPECT_EQ(head(t, "none").next_due, std::nullopt);
}

void tells_since_when_the_oldest_waits(StoreTest& t) {
  TimePoint const first = t.clock.now();
  t.push(t.job());
  t.clock.advance(5s);
  t.push(t.job());
  t.push(t.job("other"));
  EXPECT_EQ(head(t).waiting_since, first);
  EXPECT_EQ(head(t, "other").waiting_since, t.clock.now());
  t.claim();
  EXPECT_EQ(head(t).waiting_since, first + 5s);
}

// What is urgent and new must not hide what is old and patient.
void looks_behind_the_first_priority(StoreTest& t) {
  TimePoint const first = t.clock.now();
  t.push(t.job("default", 7));
  t.clock.advance(1s);
  t.push(t.job("default", 0));
  t.clock.advance(1s);
  t.push(t.job("default", -7));
  EXPECT_EQ(head(t).waiting_since, first);
}

void counts_a_due_job_from_its_time(StoreTest& t) {
  TimePoint const due = t.clock.now() + 10s;
  t.push(t.job_at(due));
  t.push(t.job_at(due + 1h));
  EXPECT_EQ(head(t).waiting_since, std::nullopt);
  EXPECT_EQ(head(t).next_due, due);
  t.clock.advance(15s);
  EXPECT_EQ(head(t).waiting_since, due);  // nobody has claimed since: it still counts
  EXPECT_EQ(head(t).next_due, due + 1h);
  t.claim(1, {"other"});
  t.claim(1);
  EXPECT_EQ(head(t).waiting_since, std::nullopt);
}

void leaves_out_what_runs_or_ended(StoreTest& t) {
  for (State const state : {State::running, State::completed, State::discarded, State::cancelled})
    t.in_state(state, t.job());
  EXPECT_EQ(head(t).waiting_since, std::nullopt);
  EXPECT_EQ(head(t).next_due, std::nullopt);
}

}  // namespace

Cases head_cases() {
  return {{"head", "of_an_empty_or_unknown_queue", of_an_empty_or_unknown_queue},
          {"head", "tells_since_when_the_oldest_waits", tells_since_when_the_oldest_waits},
          {"head", "looks_behind_the_first_priority", looks_behind_the_first_priority},
          {"head", "counts_a_due_job_from_its_time", counts_a_due_job_from_its_time},
          {"head", "leaves_out_what_runs_or_ended", leaves_out_what_runs_or_ended}};
}

}  // namespace kue::testing
