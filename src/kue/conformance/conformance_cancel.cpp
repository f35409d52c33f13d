#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void of_each_waiting_state(StoreTest& t) {
  for (State const state : {State::available, State::scheduled, State::retryable}) {
    JobId const id = t.in_state(state, t.job());
    ASSERT_EQ(t.state(id), state);
    t.clock.advance(1s);
    EXPECT_EQ(t.cancel(id), CancelStatus::cancelled) << to_string(state);
    EXPECT_EQ(t.state(id), State::cancelled);
    EXPECT_EQ(t.get(id).finished_at, t.clock.now());
  }
  t.clock.advance(48h);
  EXPECT_TRUE(t.claim_ids(10).empty());
}

void of_a_running_job_leaves_it(StoreTest& t) {
  JobId const id = t.running_job();
  JobRecord const before = t.get(id);
  EXPECT_EQ(t.cancel(id), CancelStatus::running);
  EXPECT_EQ(t.get(id), before);
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
}

void of_each_final_state_changes_nothing(StoreTest& t) {
  for (State const state : {State::completed, State::discarded, State::cancelled}) {
    JobId const id = t.in_state(state, t.job());
    JobRecord const before = t.get(id);
    t.clock.advance(1s);
    EXPECT_EQ(t.cancel(id), CancelStatus::final) << to_string(state);
    EXPECT_EQ(t.get(id), before);
  }
}

void of_an_unknown_job(StoreTest& t) { EXPECT_EQ(t.cancel(JobId::make()), CancelStatus::not_found); }

void a_mixed_batch(StoreTest& t) {
  JobId const running = t.running_job();
  JobId const waiting = t.push(t.job()), done = t.in_state(State::completed, t.job());
  std::vector const ids{JobId::make(), done, waiting, running, waiting};
  EXPECT_EQ(t.store->cancel({.ids = ids}).statuses, (std::vector{CancelStatus::not_found, CancelStatus::final, CancelStatus::cancelled,
                                                                 CancelStatus::running, CancelStatus::final}));
}

void a_thousand_at_once(StoreTest& t) {
  auto const ids = t.push_many(1000);
  EXPECT_EQ(t.store->cancel({.ids = ids}).statuses, std::vector(1000, CancelStatus::cancelled));
  EXPECT_EQ(t.counts("default").of(State::cancelled), 1000);
  EXPECT_TRUE(t.claim_ids(10).empty());
}

void of_a_due_job_before_its_claim(StoreTest& t) {
  JobId const first = t.push(t.job_at(t.clock.now() + 1s)), second = t.push(t.job_at(t.clock.now() + 1s));
  t.clock.advance(1s);
  EXPECT_EQ(t.claim_ids(1), std::vector{first});  // and perhaps made the second one available
  EXPECT_EQ(t.cancel(second), CancelStatus::cancelled);
  EXPECT_TRUE(t.claim_ids(1).empty());
}

void keeps_the_history(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::retryable, Reason::error, 1h);
  item.attempt = attempt_of(1, Reason::error, "no");
  item.transition.tally.attempt = 1;
  t.finish(item);
  t.cancel(id);
  EXPECT_EQ(t.get(id).errors, std::vector{*item.attempt});
  EXPECT_EQ(t.get(id).tally.attempt, 1u);
}

}  // namespace

Cases cancel_cases() {
  return {{"cancel", "of_each_waiting_state", of_each_waiting_state},
          {"cancel", "of_a_running_job_leaves_it", of_a_running_job_leaves_it},
          {"cancel", "of_each_final_state_changes_nothing", of_each_final_state_changes_nothing},
          {"cancel", "of_an_unknown_job", of_an_unknown_job},
          {"cancel", "a_mixed_batch", a_mixed_batch},
          {"cancel", "a_thousand_at_once", a_thousand_at_once},
          {"cancel", "of_a_due_job_before_its_claim", of_a_due_job_before_its_claim},
          {"cancel", "keeps_the_history", keeps_the_history}};
}

}  // namespace kue::testing
