#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

constexpr State kRemovable[] = {State::scheduled, State::available, State::retryable,
                                State::completed, State::discarded, State::cancelled};

void of_each_state_but_running(StoreTest& t) {
  for (State const state : kRemovable) {
    JobId const id = t.in_state(state, t.job());
    EXPECT_EQ(t.remove(id), RemoveStatus::removed) << to_string(state);
    EXPECT_FALSE(t.store->get(id)) << to_string(state);
    EXPECT_EQ(t.counts("default").of(state), 0);
    Event const last = t.events_of(id).back();
    EXPECT_EQ(last.verb, Verb::remove);
    EXPECT_EQ(last.from, state);
    EXPECT_EQ(last.to, std::nullopt);
    EXPECT_EQ(last.reason, Reason::removed);
  }
  t.clock.advance(48h);
  EXPECT_TRUE(t.claim_ids(10).empty());
  EXPECT_TRUE(t.all().empty());
}

void of_a_running_job_is_refused(StoreTest& t) {
  JobId const id = t.running_job();
  JobRecord const before = t.get(id);
  EXPECT_EQ(t.remove(id), RemoveStatus::running);
  EXPECT_EQ(t.remove(id, {State::running}), RemoveStatus::running) << "not even if asked for";
  EXPECT_EQ(t.get(id), before);
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
}

void of_an_unknown_job(StoreTest& t) { EXPECT_EQ(t.remove(JobId::make()), RemoveStatus::not_found); }

void only_in_the_states_that_were_asked_for(StoreTest& t) {
  for (State const state : kRemovable) {
    JobId const id = t.in_state(state, t.job());
    for (State const other : kRemovable) {
      if (other == state) continue;
      EXPECT_EQ(t.remove(id, {other}), RemoveStatus::other_state) << to_string(state) << " " << to_string(other);
      EXPECT_EQ(t.state(id), state);
    }
    EXPECT_EQ(t.remove(id, {State::running, state}), RemoveStatus::removed);
  }
}

void a_mixed_batch(StoreTest& t) {
  JobId const running = t.running_job();
  JobId const waiting = t.push(t.job()), done = t.in_state(State::completed, t.job());
  std::vector const ids{JobId::make(), done, running, waiting, waiting};
  EXPECT_EQ(t.store->remove({.ids = ids}).statuses,
            (std::vector{RemoveStatus::not_found, RemoveStatus::removed, RemoveStatus::running, RemoveStatus::removed,
                         RemoveStatus::not_found}));
  EXPECT_EQ(ids_of(t.all()), std::vector{running});
}

void a_thousand_at_once(StoreTest& t) {
  auto const ids = t.push_many(1000);
  EXPECT_EQ(t.store->remove({.ids = ids}).statuses, std::vector(1000, RemoveStatus::removed));
  EXPECT_TRUE(t.all().empty());
  EXPECT_TRUE(t.claim_ids(10).empty());
}

void an_empty_batch(StoreTest& t) { EXPECT_TRUE(t.store->remove({}).statuses.empty()); }

void takes_the_history_along(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt = attempt_of(1, Reason::error, "no");
  t.finish(item);
  EXPECT_EQ(t.remove(id), RemoveStatus::removed);
  Envelope again = t.job();
  again.id = id;  // a removed id is free: the store knows nothing of it any more
  t.push(again);
  EXPECT_TRUE(t.get(id).errors.empty());
  EXPECT_EQ(t.get(id).claim_no, 0u);
}

void the_last_holder_is_stale(StoreTest& t) {
  JobId const id = t.running_job();
  t.fail(id, 1h);
  t.remove(id);
  EXPECT_EQ(t.complete(id), FinishStatus::stale);
}

void the_queue_stays_known(StoreTest& t) {
  JobId const id = t.push(t.job("mail"));
  t.store->pause({.queue = "mail"});
  t.remove(id);
  EXPECT_TRUE(t.counts("mail").paused);
  t.store->resume({.queue = "mail"});
  EXPECT_EQ(t.counts("mail").by_state, decltype(QueueCounts::by_state){});
}

}  // namespace

Cases remove_cases() {
  return {{"remove", "of_each_state_but_running", of_each_state_but_running},
          {"remove", "of_a_running_job_is_refused", of_a_running_job_is_refused},
          {"remove", "of_an_unknown_job", of_an_unknown_job},
          {"remove", "only_in_the_states_that_were_asked_for", only_in_the_states_that_were_asked_for},
          {"remove", "a_mixed_batch", a_mixed_batch},
          {"remove", "a_thousand_at_once", a_thousand_at_once},
          {"remove", "an_empty_batch", an_empty_batch},
          {"remove", "takes_the_history_along", takes_the_history_along},
          {"remove", "the_last_holder_is_stale", the_last_holder_is_stale},
          {"remove", "the_queue_stays_known", the_queue_stays_known}};
}

}  // namespace kue::testing
