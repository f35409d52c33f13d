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

void of_a_running_job_only_marks_it(StoreTest& t) {
  JobId const id = t.running_job();
  JobRecord expected = t.get(id);
  expected.cancel_asked_at = t.clock.now();
  EXPECT_EQ(t.cancel(id), CancelStatus::asked);
  t.clock.advance(1s);
  EXPECT_EQ(t.cancel(id), CancelStatus::asked);
  EXPECT_EQ(t.get(id), expected) << "the first asking counts";
  auto const running = t.store->running({.node = kNode});
  ASSERT_EQ(running.size(), 1u);
  EXPECT_EQ(running[0].cancel_asked_at, expected.cancel_asked_at);
  EXPECT_EQ(t.store->running({})[0].cancel_asked_at, expected.cancel_asked_at);
  EXPECT_EQ(t.all({.states = {State::running}}).at(0).cancel_asked_at, expected.cancel_asked_at);
}

void a_marked_job_may_still_end(StoreTest& t) {
  JobId const done = t.running_job();
  t.cancel(done);
  EXPECT_EQ(t.complete(done), FinishStatus::applied);
  EXPECT_EQ(t.state(done), State::completed);
  EXPECT_EQ(t.get(done).cancel_asked_at, std::nullopt);
  JobId const discarded = t.running_job();
  t.cancel(discarded);
  EXPECT_EQ(t.discard(discarded), FinishStatus::applied);
  EXPECT_EQ(t.state(discarded), State::discarded);
  JobId const gave_in = t.running_job();
  t.cancel(gave_in);
  EXPECT_EQ(t.finish(t.to(gave_in, State::cancelled, Reason::cancelled)), FinishStatus::applied);
  EXPECT_EQ(t.state(gave_in), State::cancelled);
}

// Whatever ends the run: a failure, a snooze, a stop of the worker, a crash, a lost machine.
void a_marked_job_does_not_wait_again(StoreTest& t) {
  int checked = 0;
  for (TransitionRule const& rule : transition_table()) {
    bool const waits = rule.from == State::running && rule.to && is_waiting(*rule.to);
    if (!waits) continue;
    ++checked;
    JobId const id = t.running_job();
    Tally const before = t.get(id).tally;
    t.cancel(id);
    t.clock.advance(1s);
    Finish item = t.to(id, *rule.to, rule.reason, 5s);
    item.transition.tally.attempt += 1;
    item.attempt = attempt_of(1, rule.reason, "as it ended");
    item.started_at = t.clock.now();
    EXPECT_EQ(rule.verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::cancelled);
    JobRecord const record = t.get(id);
    EXPECT_EQ(record.state, State::cancelled) << to_string(rule.reason);
    EXPECT_EQ(record.finished_at, t.clock.now());
    EXPECT_EQ(record.attempted_at, t.clock.now());
    EXPECT_EQ(record.tally, before) << to_string(rule.reason);
    EXPECT_EQ(record.errors, std::vector{*item.attempt}) << "the run stays in its history";
    EXPECT_EQ(record.cancel_asked_at, std::nullopt);
    EXPECT_EQ(t.events_of(id).back().to, State::cancelled);
    EXPECT_EQ(t.events_of(id).back().verb, rule.verb);
    EXPECT_EQ(rule.verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::already);
  }
  EXPECT_GE(checked, 8);
  t.clock.advance(1h);
  EXPECT_TRUE(t.claim_ids(10).empty());
}

void the_mark_is_gone_with_the_run(StoreTest& t) {
  JobId const id = t.running_job();
  t.cancel(id);
  t.fail(id);
  EXPECT_EQ(t.retry(id), RetryStatus::retried);
  EXPECT_EQ(t.claim_ids(), std::vector{id});
  EXPECT_EQ(t.get(id).cancel_asked_at, std::nullopt);
  EXPECT_EQ(t.fail(id, 1s), FinishStatus::applied);
  EXPECT_EQ(t.state(id), State::retryable);
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
  EXPECT_EQ(t.store->cancel({.ids = ids}).statuses,
            (std::vector{CancelStatus::not_found, CancelStatus::final, CancelStatus::cancelled, CancelStatus::asked,
                         CancelStatus::final}));
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
          {"cancel", "of_a_running_job_only_marks_it", of_a_running_job_only_marks_it},
          {"cancel", "a_marked_job_may_still_end", a_marked_job_may_still_end},
          {"cancel", "a_marked_job_does_not_wait_again", a_marked_job_does_not_wait_again},
          {"cancel", "the_mark_is_gone_with_the_run", the_mark_is_gone_with_the_run},
          {"cancel", "of_each_final_state_changes_nothing", of_each_final_state_changes_nothing},
          {"cancel", "of_an_unknown_job", of_an_unknown_job},
          {"cancel", "a_mixed_batch", a_mixed_batch},
          {"cancel", "a_thousand_at_once", a_thousand_at_once},
          {"cancel", "of_a_due_job_before_its_claim", of_a_due_job_before_its_claim},
          {"cancel", "keeps_the_history", keeps_the_history}};
}

}  // namespace kue::testing
