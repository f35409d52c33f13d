#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void gives_the_job_to_its_holder(StoreTest& t) {
  JobId const id = t.push(t.job());
  t.clock.advance(5s);
  auto const result = t.claim();
  ASSERT_EQ(result.jobs.size(), 1u);
  Claimed const& got = result.jobs[0];
  EXPECT_EQ(result.node, NodeState::alive);
  EXPECT_EQ(got.job.id, id);
  EXPECT_EQ(got.claim.claim_no, 1u);
  EXPECT_EQ(got.claimed_at, t.clock.now());
  JobRecord const record = t.get(id);
  EXPECT_EQ(got.claim.id, id);
  EXPECT_EQ(got.claim.seq, record.seq);
  EXPECT_EQ(got.claim.queue, "default");
  EXPECT_EQ(got.claim.holder, kHolder);
  EXPECT_EQ(got.tally, record.tally);
  EXPECT_EQ(record.state, State::running);
  EXPECT_EQ(record.holder, kHolder);
  EXPECT_EQ(record.node, kNode);
  EXPECT_EQ(record.claim_no, 1u);
}

void an_empty_queue_gives_nothing(StoreTest& t) {
  auto const result = t.claim(10);
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_FALSE(result.more);
  EXPECT_EQ(result.node, NodeState::alive);
  EXPECT_EQ(result.next_due, std::nullopt);
}

void a_job_is_given_once(StoreTest& t) {
  JobId const id = t.push(t.job());
  EXPECT_EQ(t.claim_ids(10), std::vector{id});
  EXPECT_TRUE(t.claim_ids(10).empty());
  EXPECT_TRUE(t.claim(10, {}, kOtherHolder).jobs.empty());
}

void at_most_max(StoreTest& t) {
  auto const ids = t.push_many(10);
  EXPECT_EQ(t.claim_ids(3), (std::vector{ids[0], ids[1], ids[2]}));
  EXPECT_EQ(t.claim_ids(100).size(), 7u);
}

void only_of_the_queues_asked(StoreTest& t) {
  t.push(t.job("a"));
  JobId const b = t.push(t.job("b"));
  EXPECT_EQ(t.claim_ids(10, {"b"}), std::vector{b});
  EXPECT_TRUE(t.claim_ids(10, {"b", "nobody-knows-me"}).empty());
}

void no_queues_means_all(StoreTest& t) {
  JobId const a = t.push(t.job("a")), b = t.push(t.job("b")), c = t.push(t.job("c"));
  EXPECT_EQ(t.claim_ids(10), (std::vector{a, b, c}));
}

void never_before_run_at(StoreTest& t) {
  JobId const id = t.push(t.job_at(t.clock.now() + 10s));
  EXPECT_TRUE(t.claim_ids(10).empty());
  t.clock.advance(9'999ms);
  EXPECT_TRUE(t.claim_ids(10).empty());
  t.clock.advance(1ms);
  EXPECT_EQ(t.claim_ids(10), std::vector{id});
}

void a_retryable_job_when_its_time_has_come(StoreTest& t) {
  JobId const id = t.running_job();
  EXPECT_EQ(t.fail(id, 30s), FinishStatus::applied);
  t.clock.advance(29'999ms);
  EXPECT_TRUE(t.claim_ids().empty());
  t.clock.advance(1ms);
  auto const result = t.claim();
  EXPECT_EQ(ids_of(result.jobs), std::vector{id});
  EXPECT_EQ(result.jobs[0].claim.claim_no, 2u);
  EXPECT_EQ(result.jobs[0].tally.attempt, 1u);
}

void next_due_is_the_earliest_of_its_queues(StoreTest& t) {
  TimePoint const now = t.clock.now();
  t.push(t.job_at(now + 1s, "other"));
  t.push(t.job_at(now + 9s));
  t.push(t.job_at(now + 5s));
  EXPECT_EQ(t.claim(1, {"default"}).next_due, now + 5s);
  EXPECT_EQ(t.claim(1).next_due, now + 1s);
  t.clock.advance(5s);
  auto const result = t.claim(1, {"default"});
  EXPECT_EQ(result.jobs.size(), 1u);
  EXPECT_EQ(result.next_due, now + 9s);
}

void next_due_sees_retryable_jobs(StoreTest& t) {
  JobId const id = t.running_job();
  t.fail(id, 77s);
  EXPECT_EQ(t.claim().next_due, t.clock.now() + 77s);
}

void more_says_that_work_was_left(StoreTest& t) {
  t.push_many(3);
  EXPECT_TRUE(t.claim(2).more);
  EXPECT_FALSE(t.claim(1).more);
  EXPECT_FALSE(t.claim(1).more);
}

void more_looks_at_its_queues_only(StoreTest& t) {
  t.push_many(1, "a");
  t.push_many(5, "b");
  EXPECT_FALSE(t.claim(1, {"a"}).more);
  EXPECT_TRUE(t.claim(1, {"a", "b"}).more);
}

void more_does_not_count_what_is_not_due(StoreTest& t) {
  t.push(t.job());
  t.push(t.job_at(t.clock.now() + 1s));
  EXPECT_FALSE(t.claim(1).more);
}

void more_counts_what_has_become_due(StoreTest& t) {
  t.push(t.job_at(t.clock.now() + 1s));
  t.push(t.job_at(t.clock.now() + 1s));
  t.clock.advance(1s);
  EXPECT_TRUE(t.claim(1).more);
}

void a_node_that_never_beat_gets_nothing(StoreTest& t) {
  t.push(t.job());
  auto const result = t.claim(1, {}, kHolder, kOtherNode);
  EXPECT_EQ(result.node, NodeState::unknown);
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_EQ(t.counts("default").of(State::available), 1);
}

void a_dead_node_gets_nothing(StoreTest& t) {
  t.push(t.job());
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = t.store->nodes().at(0).beat}).dead);
  auto const result = t.claim();
  EXPECT_EQ(result.node, NodeState::dead);
  EXPECT_TRUE(result.jobs.empty());
}

// Outcomes that a node wrote while it was silent count too: the fence decides.
void finishes_are_written_whatever_the_node_is(StoreTest& t) {
  JobId const first = t.running_job(), second = t.running_job();
  t.push(t.job());
  std::vector finishes{t.to(first, State::completed, Reason::completed)};
  auto result = t.store->claim({.node = kOtherNode, .holder = kHolder, .max = 5, .finishes = finishes});
  EXPECT_EQ(result.node, NodeState::unknown);
  EXPECT_EQ(result.finishes, std::vector{FinishStatus::applied});
  EXPECT_TRUE(result.jobs.empty());
  ASSERT_TRUE(t.store->rescue({.node = kNode, .beat_seen = t.store->nodes().at(0).beat}).dead);
  finishes = {t.to(second, State::completed, Reason::completed)};
  result = t.store->claim({.node = kNode, .holder = kHolder, .max = 5, .finishes = finishes});
  EXPECT_EQ(result.node, NodeState::dead);
  EXPECT_EQ(result.finishes, std::vector{FinishStatus::applied});
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_EQ(t.counts("default").of(State::available), 1);
}

void a_beat_makes_an_unknown_node_alive(StoreTest& t) {
  JobId const id = t.push(t.job());
  EXPECT_EQ(t.claim(1, {}, kHolder, kOtherNode).node, NodeState::unknown);
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  auto const result = t.claim(1, {}, kHolder, kOtherNode);
  EXPECT_EQ(result.node, NodeState::alive);
  EXPECT_EQ(ids_of(result.jobs), std::vector{id});
}

void writes_its_finishes_first(StoreTest& t) {
  JobId const first = t.running_job();
  JobId const second = t.push(t.job());
  std::vector const finishes{t.to(first, State::completed, Reason::completed)};
  auto const result = t.store->claim({.node = kNode, .holder = kHolder, .max = 5, .finishes = finishes});
  EXPECT_EQ(result.finishes, std::vector{FinishStatus::applied});
  EXPECT_EQ(ids_of(result.jobs), std::vector{second});
  EXPECT_EQ(t.state(first), State::completed);
}

void can_take_again_what_it_has_just_finished(StoreTest& t) {
  JobId const id = t.running_job();
  std::vector const finishes{t.to(id, State::retryable, Reason::error, 0ms)};
  auto const result = t.store->claim({.node = kNode, .holder = kHolder, .max = 5, .finishes = finishes});
  EXPECT_EQ(ids_of(result.jobs), std::vector{id});
  EXPECT_EQ(result.jobs[0].claim.claim_no, 2u);
}

void says_of_each_finish_what_became_of_it(StoreTest& t) {
  JobId const mine = t.running_job(), done = t.running_job();
  JobId const others = t.push(t.job());
  t.claim(1, {}, kOtherHolder);
  t.complete(done);
  std::vector const finishes{t.to(others, State::completed, Reason::completed),
                             t.to(mine, State::completed, Reason::completed),
                             t.to(done, State::completed, Reason::completed)};
  auto const result = t.store->claim({.node = kNode, .holder = kHolder, .max = 1, .finishes = finishes});
  EXPECT_EQ(result.finishes, (std::vector{FinishStatus::stale, FinishStatus::applied, FinishStatus::already}));
}

void with_max_0_only_finishes(StoreTest& t) {
  JobId const id = t.running_job();
  t.push(t.job());
  std::vector const finishes{t.to(id, State::completed, Reason::completed)};
  auto const result = t.store->claim({.node = kNode, .holder = kHolder, .max = 0, .finishes = finishes});
  EXPECT_EQ(result.finishes, std::vector{FinishStatus::applied});
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_TRUE(result.more);
}

void claim_no_never_falls(StoreTest& t) {
  JobId const id = t.push(t.job());
  for (std::uint32_t round = 1; round <= 5; ++round) {
    auto const result = t.claim();
    ASSERT_EQ(ids_of(result.jobs), std::vector{id});
    EXPECT_EQ(result.jobs[0].claim.claim_no, round);
    EXPECT_EQ(t.get(id).claim_no, round);
    EXPECT_EQ(t.give_back(id), FinishStatus::applied);
  }
}

void carries_the_tally(StoreTest& t) {
  JobId const id = t.running_job();
  Tally const tally{.attempt = 3, .max_attempts = 25, .interruptions = 4, .unknown_since = t.clock.now() - 5min};
  Finish item = t.to(id, State::retryable, Reason::error);
  item.transition.tally = tally;
  t.finish(item);
  EXPECT_EQ(t.claim().jobs.at(0).tally, tally);
}

void a_hundred_from_a_thousand(StoreTest& t) {
  auto const ids = t.push_many(1000);
  for (std::size_t from = 0; from < ids.size(); from += 100) {
    auto const first = ids.begin() + static_cast<std::ptrdiff_t>(from);
    EXPECT_EQ(t.claim_ids(100), std::vector(first, first + 100));
  }
  EXPECT_TRUE(t.claim_ids(100).empty());
}

void a_holder_must_be_named(StoreTest& t) {
  t.push(t.job());
  expect_error(ErrorKind::invalid, [&] { t.claim(1, {}, 0); });
  EXPECT_EQ(t.counts("default").of(State::available), 1);
}

}  // namespace

Cases claim_cases() {
  return {{"claim", "gives_the_job_to_its_holder", gives_the_job_to_its_holder},
          {"claim", "an_empty_queue_gives_nothing", an_empty_queue_gives_nothing},
          {"claim", "a_job_is_given_once", a_job_is_given_once},
          {"claim", "at_most_max", at_most_max},
          {"claim", "only_of_the_queues_asked", only_of_the_queues_asked},
          {"claim", "no_queues_means_all", no_queues_means_all},
          {"claim", "never_before_run_at", never_before_run_at},
          {"claim", "a_retryable_job_when_its_time_has_come", a_retryable_job_when_its_time_has_come},
          {"claim", "next_due_is_the_earliest_of_its_queues", next_due_is_the_earliest_of_its_queues},
          {"claim", "next_due_sees_retryable_jobs", next_due_sees_retryable_jobs},
          {"claim", "more_says_that_work_was_left", more_says_that_work_was_left},
          {"claim", "more_looks_at_its_queues_only", more_looks_at_its_queues_only},
          {"claim", "more_does_not_count_what_is_not_due", more_does_not_count_what_is_not_due},
          {"claim", "more_counts_what_has_become_due", more_counts_what_has_become_due},
          {"claim", "a_node_that_never_beat_gets_nothing", a_node_that_never_beat_gets_nothing},
          {"claim", "a_dead_node_gets_nothing", a_dead_node_gets_nothing},
          {"claim", "finishes_are_written_whatever_the_node_is", finishes_are_written_whatever_the_node_is},
          {"claim", "a_beat_makes_an_unknown_node_alive", a_beat_makes_an_unknown_node_alive},
          {"claim", "writes_its_finishes_first", writes_its_finishes_first},
          {"claim", "can_take_again_what_it_has_just_finished", can_take_again_what_it_has_just_finished},
          {"claim", "says_of_each_finish_what_became_of_it", says_of_each_finish_what_became_of_it},
          {"claim", "with_max_0_only_finishes", with_max_0_only_finishes},
          {"claim", "claim_no_never_falls", claim_no_never_falls},
          {"claim", "carries_the_tally", carries_the_tally},
          {"claim", "a_hundred_from_a_thousand", a_hundred_from_a_thousand},
          {"claim", "a_holder_must_be_named", a_holder_must_be_named}};
}

}  // namespace kue::testing
