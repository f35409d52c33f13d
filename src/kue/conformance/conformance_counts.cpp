#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

// A due job may be shown as available before its claim: see kue/testing/conformance.hpp.
std::int64_t waiting(QueueCounts const& counts) {
  return counts.of(State::scheduled) + counts.of(State::retryable) + counts.of(State::available);
}

void of_an_empty_store(StoreTest& t) { EXPECT_TRUE(t.store->counts().empty()); }

void by_queue_name(StoreTest& t) {
  for (char const* queue : {"b", "a", "c", "B"}) t.push(t.job(queue));
  std::vector<std::string> names;
  for (QueueCounts const& counts : t.store->counts()) names.push_back(counts.queue);
  EXPECT_EQ(names, (std::vector<std::string>{"B", "a", "b", "c"}));
}

void follow_one_job_through_its_life(StoreTest& t) {
  auto const expect_only = [&](State state) {
    auto const counts = t.counts("default");
    for (std::size_t i = 0; i < kStateCount; ++i) {
      EXPECT_EQ(counts.by_state[i], i == static_cast<std::size_t>(state) ? 1 : 0)
          << to_string(static_cast<State>(i)) << " while the job is " << to_string(state);
    }
    t.expect_books_agree();
  };
  JobId const id = t.push(t.job_at(t.clock.now() + 1s));
  expect_only(State::scheduled);
  t.clock.advance(1s);
  t.claim();
  expect_only(State::running);
  t.give_back(id);
  expect_only(State::available);
  t.claim();
  t.fail(id, 1s);
  expect_only(State::retryable);
  t.clock.advance(1s);
  t.claim();
  expect_only(State::running);
  t.discard(id);
  expect_only(State::discarded);
  t.retry(id);
  expect_only(State::available);
  t.cancel(id);
  expect_only(State::cancelled);
  t.retry(id);
  t.claim();
  t.complete(id);
  expect_only(State::completed);
  t.clock.advance(48h);
  t.store->prune({});
  EXPECT_EQ(t.counts("default").by_state, decltype(QueueCounts::by_state){});
}

void agree_after_every_step_of_a_busy_hour(StoreTest& t) {
  std::int64_t pushed = 0;
  std::vector<JobId> held;
  for (int step = 0; step < 60; ++step) {
    std::string const queue = step % 2 ? "a" : "b";
    t.push(step % 5 ? t.job(queue, step % 3) : t.job_at(t.clock.now() + 3min, queue));
    ++pushed;
    for (JobId const& id : t.claim_ids(step % 3)) held.push_back(id);
    if (held.size() > 3) {
      JobId const id = held.front();
      held.erase(held.begin());
      if (step % 4 == 0)
        t.fail(id, 2min);
      else if (step % 4 == 1)
        t.give_back(id);
      else if (step % 4 == 2)
        t.discard(id);
      else
        t.complete(id);
    }
    t.clock.advance(1min);
    auto const a = t.counts("a"), b = t.counts("b");
    std::int64_t running = a.of(State::running) + b.of(State::running), sum = 0;
    for (std::size_t i = 0; i < kStateCount; ++i) sum += a.by_state[i] + b.by_state[i];
    EXPECT_EQ(running, static_cast<std::int64_t>(held.size()));
    EXPECT_EQ(sum, pushed);
    EXPECT_GE(waiting(a) + waiting(b), 0);
    t.expect_books_agree();
  }
}

void repeated_pushes_do_not_count(StoreTest& t) {
  Envelope const envelope = t.job();
  for (int i = 0; i < 3; ++i) t.store->push({.jobs = {&envelope, 1}});
  EXPECT_EQ(t.counts("default").of(State::available), 1);
}

void stale_writes_do_not_count(StoreTest& t) {
  JobId const id = t.running_job();
  t.complete(id, kOtherHolder);
  EXPECT_EQ(t.counts("default").of(State::running), 1);
  t.complete(id);
  t.complete(id);
  t.give_back(id);
  EXPECT_EQ(t.counts("default").of(State::completed), 1);
  EXPECT_EQ(t.counts("default").of(State::running), 0);
  EXPECT_EQ(t.counts("default").of(State::available), 0);
}

}  // namespace

Cases counts_cases() {
  return {{"counts", "of_an_empty_store", of_an_empty_store},
          {"counts", "by_queue_name", by_queue_name},
          {"counts", "follow_one_job_through_its_life", follow_one_job_through_its_life},
          {"counts", "agree_after_every_step_of_a_busy_hour", agree_after_every_step_of_a_busy_hour},
          {"counts", "repeated_pushes_do_not_count", repeated_pushes_do_not_count},
          {"counts", "stale_writes_do_not_count", stale_writes_do_not_count}};
}

}  // namespace kue::testing
