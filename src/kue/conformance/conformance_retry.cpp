#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void of_a_discarded_job(StoreTest& t) {
  JobId const id = t.in_state(State::discarded, t.job());
  t.clock.advance(10s);
  EXPECT_EQ(t.retry(id), RetryStatus::retried);
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.state, State::available);
  EXPECT_EQ(record.finished_at, std::nullopt);
  EXPECT_EQ(record.run_at, t.clock.now());
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void of_a_cancelled_job(StoreTest& t) {
  JobId const id = t.push(t.job_at(t.clock.now() + 1h));
  t.cancel(id);
  EXPECT_EQ(t.retry(id), RetryStatus::retried);
  EXPECT_EQ(t.claim_ids(), std::vector{id});  // at once, whatever its run_at was
}

void of_a_completed_job_is_refused(StoreTest& t) {
  JobId const id = t.in_state(State::completed, t.job());
  JobRecord const before = t.get(id);
  EXPECT_EQ(t.retry(id), RetryStatus::completed);
  EXPECT_EQ(t.get(id), before);
}

void of_each_other_state_changes_nothing(StoreTest& t) {
  for (State const state : {State::available, State::scheduled, State::running, State::retryable}) {
    JobId const id = t.in_state(state, t.job());
    JobRecord const before = t.get(id);
    EXPECT_EQ(t.retry(id), RetryStatus::not_final) << to_string(state);
    EXPECT_EQ(t.get(id), before);
  }
}

void of_an_unknown_job(StoreTest& t) { EXPECT_EQ(t.retry(JobId::make()), RetryStatus::not_found); }

void sets_the_counters_to_zero(StoreTest& t) {
  Envelope envelope = t.job();
  envelope.max_attempts = 7;
  JobId const id = t.push(envelope);
  t.claim();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.transition.tally = {.attempt = 7,
                           .max_attempts = 7,
                           .crashes = 2,
                           .node_losses = 3,
                           .interruptions = 4,
                           .unknown_since = t.clock.now()};
  t.finish(item);
  t.retry(id);
  EXPECT_EQ(t.get(id).tally, Tally{.max_attempts = 7});
  EXPECT_EQ(t.claim().jobs.at(0).tally, Tally{.max_attempts = 7});
}

void keeps_claim_no_and_history(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt = attempt_of(1, Reason::error, "why");
  t.finish(item);
  t.retry(id);
  EXPECT_EQ(t.get(id).claim_no, 1u);
  EXPECT_EQ(t.get(id).errors, std::vector{*item.attempt});
  EXPECT_EQ(t.claim().jobs.at(0).claim.claim_no, 2u);
}

void the_old_holder_stays_fenced(StoreTest& t) {
  JobId const id = t.in_state(State::discarded, t.job());
  t.retry(id);
  EXPECT_EQ(t.complete(id), FinishStatus::already);  // its own finish, repeated: of the run before
  EXPECT_EQ(t.state(id), State::available);
  EXPECT_EQ(ids_of(t.claim(1, {}, kOtherHolder).jobs), std::vector{id});
  EXPECT_EQ(t.complete(id), FinishStatus::stale);
}

void a_mixed_batch(StoreTest& t) {
  JobId const discarded = t.in_state(State::discarded, t.job()), completed = t.in_state(State::completed, t.job());
  JobId const waiting = t.push(t.job());
  std::vector const ids{waiting, JobId::make(), discarded, completed, discarded};
  EXPECT_EQ(t.store->retry({.ids = ids}).statuses,
            (std::vector{RetryStatus::not_final, RetryStatus::not_found, RetryStatus::retried, RetryStatus::completed,
                         RetryStatus::not_final}));
}

void a_retried_job_keeps_its_place(StoreTest& t) {
  JobId const first = t.push(t.job());
  t.cancel(first);
  JobId const second = t.push(t.job());
  t.retry(first);
  EXPECT_EQ(t.claim_ids(2), (std::vector{first, second}));
}

}  // namespace

Cases retry_cases() {
  return {{"retry", "of_a_discarded_job", of_a_discarded_job},
          {"retry", "of_a_cancelled_job", of_a_cancelled_job},
          {"retry", "of_a_completed_job_is_refused", of_a_completed_job_is_refused},
          {"retry", "of_each_other_state_changes_nothing", of_each_other_state_changes_nothing},
          {"retry", "of_an_unknown_job", of_an_unknown_job},
          {"retry", "sets_the_counters_to_zero", sets_the_counters_to_zero},
          {"retry", "keeps_claim_no_and_history", keeps_claim_no_and_history},
          {"retry", "the_old_holder_stays_fenced", the_old_holder_stays_fenced},
          {"retry", "a_mixed_batch", a_mixed_batch},
          {"retry", "a_retried_job_keeps_its_place", a_retried_job_keeps_its_place}};
}

}  // namespace kue::testing
