#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void gives_a_held_job_back(StoreTest& t) {
  JobId const id = t.running_job();
  t.clock.advance(1s);
  EXPECT_EQ(t.give_back(id), FinishStatus::applied);
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.state, State::available);
  EXPECT_EQ(record.tally, Tally());
  EXPECT_EQ(record.claim_no, 1u);
  EXPECT_EQ(record.finished_at, std::nullopt);
}

void another_holder_can_have_it_then(StoreTest& t) {
  JobId const id = t.running_job();
  t.give_back(id);
  auto const result = t.claim(1, {}, kOtherHolder);
  EXPECT_EQ(ids_of(result.jobs), std::vector{id});
  EXPECT_EQ(t.get(id).holder, kOtherHolder);
  EXPECT_EQ(result.jobs[0].claim.claim_no, 2u);
}

void every_reason_of_the_table(StoreTest& t) {
  for (TransitionRule const& rule : transition_table()) {
    if (rule.verb != Verb::release) continue;
    JobId const id = t.push(t.job("default", limits::kMinPriority));
    ASSERT_EQ(t.claim_ids(), std::vector{id});
    EXPECT_EQ(t.release(t.to(id, *rule.to, rule.reason)), FinishStatus::applied) << to_string(rule.reason);
    EXPECT_EQ(t.state(id), *rule.to) << to_string(rule.reason);
    if (*rule.to == State::available) {
      EXPECT_EQ(t.cancel(id), CancelStatus::cancelled);
    }
  }
}

void a_crash_is_counted_and_kept(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::available, Reason::crashed);
  item.transition.tally.crashes = 1;
  item.attempt = attempt_of(1, Reason::crashed, "killed by SIGSEGV");
  item.started_at = t.clock.now();
  EXPECT_EQ(t.release(item), FinishStatus::applied);
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.tally.crashes, 1u);
  EXPECT_EQ(record.tally.attempt, 0u);
  EXPECT_EQ(record.errors, std::vector{*item.attempt});
  EXPECT_EQ(record.attempted_at, t.clock.now());
}

void poison_is_discarded(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::poison);
  item.transition.tally.crashes = 3;
  EXPECT_EQ(t.release(item), FinishStatus::applied);
  EXPECT_EQ(t.state(id), State::discarded);
  EXPECT_EQ(t.get(id).finished_at, t.clock.now());
  EXPECT_TRUE(t.claim_ids().empty());
}

void a_batch_of_a_dead_child(StoreTest& t) {
  auto const ids = t.push_many(5);
  EXPECT_EQ(t.claim_ids(5), ids);
  t.complete(ids[0]);
  std::vector<Finish> batch;
  for (RunningJob const& held : t.store->running({.holder = kHolder})) {
    batch.push_back(t.to(held.claim.id, State::available, Reason::returned));
  }
  EXPECT_EQ(t.store->release({.items = batch}).statuses, std::vector(4, FinishStatus::applied));
  EXPECT_EQ(t.claim_ids(5), (std::vector{ids[1], ids[2], ids[3], ids[4]}));
}

void refuses_a_reason_of_finish(StoreTest& t) {
  JobId const id = t.running_job();
  expect_error(ErrorKind::invalid, [&] { t.release(t.to(id, State::completed, Reason::completed)); });
  EXPECT_EQ(t.state(id), State::running);
}

}  // namespace

Cases release_cases() {
  return {{"release", "gives_a_held_job_back", gives_a_held_job_back},
          {"release", "another_holder_can_have_it_then", another_holder_can_have_it_then},
          {"release", "every_reason_of_the_table", every_reason_of_the_table},
          {"release", "a_crash_is_counted_and_kept", a_crash_is_counted_and_kept},
          {"release", "poison_is_discarded", poison_is_discarded},
          {"release", "a_batch_of_a_dead_child", a_batch_of_a_dead_child},
          {"release", "refuses_a_reason_of_finish", refuses_a_reason_of_finish}};
}

}  // namespace kue::testing
