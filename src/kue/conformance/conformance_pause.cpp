// pause and resume.

#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void a_paused_queue_gives_nothing(StoreTest& t) {
  t.push(t.job());
  t.store->pause({.queue = "default"});
  auto const named = t.claim(10, {"default"}), any = t.claim(10);
  EXPECT_TRUE(named.jobs.empty());
  EXPECT_TRUE(any.jobs.empty());
  EXPECT_FALSE(named.more);  // or its workers would wake one another forever
  EXPECT_FALSE(any.more);
}

void resume_lets_it_go_on(StoreTest& t) {
  JobId const id = t.push(t.job());
  t.store->pause({.queue = "default"});
  t.store->resume({.queue = "default"});
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void other_queues_go_on(StoreTest& t) {
  t.push(t.job("a"));
  JobId const b = t.push(t.job("b"));
  t.store->pause({.queue = "a"});
  EXPECT_EQ(t.claim_ids(10), std::vector{b});
  EXPECT_TRUE(t.claim_ids(10, {"a", "b"}).empty());
}

void pushes_are_accepted(StoreTest& t) {
  t.store->pause({.queue = "default"});
  JobId const id = t.push(t.job());
  EXPECT_TRUE(t.claim_ids().empty());
  t.store->resume({.queue = "default"});
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void running_jobs_end_as_usual(StoreTest& t) {
  JobId const id = t.running_job();
  t.store->pause({.queue = "default"});
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
  EXPECT_EQ(t.state(id), State::completed);
}

void due_jobs_wait_too(StoreTest& t) {
  JobId const id = t.push(t.job_at(t.clock.now() + 1s));
  t.store->pause({.queue = "default"});
  t.clock.advance(2s);
  auto const result = t.claim();
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_FALSE(result.more);
  // A time that has passed would make its workers spin.
  EXPECT_TRUE(!result.next_due || *result.next_due > t.clock.now());
  t.store->resume({.queue = "default"});
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void counts_say_paused(StoreTest& t) {
  t.push(t.job("a"));
  t.push(t.job("b"));
  t.store->pause({.queue = "a"});
  EXPECT_TRUE(t.counts("a").paused);
  EXPECT_FALSE(t.counts("b").paused);
  EXPECT_EQ(t.counts("a").of(State::available), 1);
  t.store->resume({.queue = "a"});
  EXPECT_FALSE(t.counts("a").paused);
}

void a_queue_without_jobs_can_be_paused(StoreTest& t) {
  t.store->pause({.queue = "tomorrow"});
  EXPECT_TRUE(t.counts("tomorrow").paused);
  t.push(t.job("tomorrow"));
  EXPECT_TRUE(t.claim_ids().empty());
}

void both_may_be_repeated(StoreTest& t) {
  JobId const id = t.push(t.job());
  t.store->resume({.queue = "default"});
  t.store->pause({.queue = "default"});
  t.store->pause({.queue = "default"});
  EXPECT_TRUE(t.claim_ids().empty());
  t.store->resume({.queue = "default"});
  t.store->resume({.queue = "default"});
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void a_bad_name_is_refused(StoreTest& t) {
  expect_error(ErrorKind::invalid, [&] { t.store->pause({.queue = "two words"}); });
  expect_error(ErrorKind::invalid, [&] { t.store->pause({.queue = ""}); });
  EXPECT_TRUE(t.store->counts().empty());
}

}  // namespace

Cases pause_cases() {
  return {{"pause", "a_paused_queue_gives_nothing", a_paused_queue_gives_nothing},
          {"pause", "other_queues_go_on", other_queues_go_on},
          {"pause", "pushes_are_accepted", pushes_are_accepted},
          {"pause", "running_jobs_end_as_usual", running_jobs_end_as_usual},
          {"pause", "due_jobs_wait_too", due_jobs_wait_too},
          {"pause", "counts_say_paused", counts_say_paused},
          {"pause", "a_queue_without_jobs_can_be_paused", a_queue_without_jobs_can_be_paused},
          {"pause", "a_bad_name_is_refused", a_bad_name_is_refused},
          {"resume", "lets_it_go_on", resume_lets_it_go_on},
          {"resume", "both_may_be_repeated", both_may_be_repeated}};
}

}  // namespace kue::testing
