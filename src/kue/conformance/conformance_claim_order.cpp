// The order of claims, and the rule that a job which killed its process comes alone.

#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void by_priority_then_arrival(StoreTest& t) {
  JobId const late = t.push(t.job("default", 5)), a = t.push(t.job()), urgent = t.push(t.job("default", -5)),
              b = t.push(t.job());
  JobId const late_too = t.push(t.job("default", 5)), urgent_too = t.push(t.job("default", -5));
  EXPECT_EQ(t.claim_ids(10), (std::vector{urgent, urgent_too, a, b, late, late_too}));
}

void the_order_holds_over_many_claims(StoreTest& t) {
  std::vector<JobId> expected(9);
  for (std::size_t i = 0; i < 9; ++i) {
    std::size_t const priority = i % 3;
    expected[priority * 3 + i / 3] = t.push(t.job("default", static_cast<int>(priority)));
  }
  for (JobId const& id : expected) EXPECT_EQ(t.claim_ids(1), std::vector{id});
}

void preferred_queues_come_first(StoreTest& t) {
  JobId const low = t.push(t.job("low", -100)), high = t.push(t.job("high", 100));
  EXPECT_EQ(t.claim_ids(10, {"high", "low"}), (std::vector{high, low}));
}

void the_preferred_queue_is_emptied_first(StoreTest& t) {
  auto const low = t.push_many(2, "low"), high = t.push_many(3, "high");
  EXPECT_EQ(t.claim_ids(4, {"high", "low"}), (std::vector{high[0], high[1], high[2], low[0]}));
  EXPECT_EQ(t.claim_ids(4, {"high", "low"}), std::vector{low[1]});
}

void all_queues_are_one_order(StoreTest& t) {
  JobId const z = t.push(t.job("z", 0)), a = t.push(t.job("a", 1)), m = t.push(t.job("m", -1));
  EXPECT_EQ(t.claim_ids(10), (std::vector{m, z, a}));
}

void a_queue_named_twice_counts_once(StoreTest& t) {
  auto const ids = t.push_many(2, "a");
  EXPECT_EQ(t.claim_ids(1, {"a", "a"}), std::vector{ids[0]});
  EXPECT_EQ(t.claim_ids(10, {"a", "b", "a"}), std::vector{ids[1]});
}

std::vector<JobId> claim_together(StoreTest& t, int max, std::vector<std::string> const& names) {
  return ids_of(
      t.store->claim({.node = kNode, .holder = kHolder, .queues = {names, QueueSelector::Order::together}, .max = max})
          .jobs);
}

void named_queues_together_are_one_order(StoreTest& t) {
  JobId const z = t.push(t.job("z")), a = t.push(t.job("a")), low = t.push(t.job("a", 5)),
              high = t.push(t.job("m", -5)), z2 = t.push(t.job("z"));
  JobId const low2 = t.push(t.job("z", 5)), other = t.push(t.job("other", -9)), a2 = t.push(t.job("a"));
  EXPECT_EQ(claim_together(t, 10, {"z", "a", "m"}), (std::vector{high, z, a, z2, a2, low, low2}));
  EXPECT_EQ(t.claim_ids(10), std::vector{other});
}

void together_whatever_their_order_and_over_many_claims(StoreTest& t) {
  std::vector<JobId> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(t.push(t.job(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c")));
  std::vector<std::vector<std::string>> const orders{
      {"c", "b", "a"}, {"b", "a", "c"}, {"a", "a", "c", "nowhere", "b", "c"}};
  for (std::size_t from = 0; from < ids.size(); from += 4) {
    EXPECT_EQ(claim_together(t, 4, orders[from / 4]),
              std::vector(ids.begin() + static_cast<long>(from), ids.begin() + static_cast<long>(from) + 4));
  }
}

// One has far more than its share of a claim, and it is that one's turn again and again.
void together_with_one_queue_that_is_long(StoreTest& t) {
  auto const many = t.push_many(40, "long");
  JobId const late = t.push(t.job("short"));
  auto const more = t.push_many(10, "long");
  auto expected = many;
  expected.push_back(late);
  expected.insert(expected.end(), more.begin(), more.end());
  EXPECT_EQ(claim_together(t, 100, {"short", "long"}), expected);
}

void together_with_paused_due_and_crashed_jobs(StoreTest& t) {
  JobId const due = t.push(t.job_at(t.clock.now() + 1s, "a"));
  JobId const crashed = t.push(t.job("b"));
  ASSERT_EQ(t.claim_ids(1, {"b"}), std::vector{crashed});
  ASSERT_EQ(t.crash(crashed), FinishStatus::applied);
  JobId const last = t.push(t.job("a"));
  t.push(t.job("paused", -1));
  t.store->pause({.queue = "paused"});
  t.clock.advance(1s);
  EXPECT_EQ(claim_together(t, 10, {"b", "a", "paused"}), std::vector{due})
      << "arrival decides; the crashed one ends the claim";
  EXPECT_EQ(claim_together(t, 10, {"b", "a", "paused"}), std::vector{crashed});
  EXPECT_EQ(claim_together(t, 10, {"b", "a", "paused"}), std::vector{last});
  t.store->resume({.queue = "paused"});
}

void due_jobs_keep_their_place(StoreTest& t) {
  JobId const first = t.push(t.job_at(t.clock.now() + 2s)), second = t.push(t.job_at(t.clock.now() + 1s)),
              third = t.push(t.job());
  t.clock.advance(2s);
  EXPECT_EQ(t.claim_ids(10), (std::vector{first, second, third}));  // arrival decides, not the time that they were due
}

void a_returned_job_is_at_the_head_again(StoreTest& t) {
  auto const ids = t.push_many(3);
  EXPECT_EQ(t.claim_ids(), std::vector{ids[0]});
  EXPECT_EQ(t.give_back(ids[0]), FinishStatus::applied);
  EXPECT_EQ(t.claim_ids(3), ids);
}

void a_retried_failure_keeps_its_place(StoreTest& t) {
  auto const ids = t.push_many(2);
  EXPECT_EQ(t.claim_ids(), std::vector{ids[0]});
  t.fail(ids[0], 1s);
  t.clock.advance(1s);
  EXPECT_EQ(t.claim_ids(2), ids);
}

void crash_every(StoreTest& t, std::vector<JobId> const& ids) {
  for (JobId const& id : ids) EXPECT_EQ(t.crash(id), FinishStatus::applied);
}

void a_crashed_job_comes_alone(StoreTest& t) {
  JobId const crashed = t.running_job();
  crash_every(t, {crashed});
  auto const others = t.push_many(3);
  auto const result = t.claim(10);
  EXPECT_EQ(ids_of(result.jobs), std::vector{crashed});
  EXPECT_TRUE(result.more);
  EXPECT_EQ(t.claim_ids(10), others);
}

void a_job_with_node_losses_comes_alone(StoreTest& t) {
  JobId const lost = t.running_job();
  Finish item = t.to(lost, State::available, Reason::node_lost);
  item.transition.tally.node_losses = 1;
  EXPECT_EQ(t.release(item), FinishStatus::applied);
  t.push_many(3);
  EXPECT_EQ(t.claim_ids(10), std::vector{lost});
}

void two_crashed_jobs_come_one_by_one(StoreTest& t) {
  auto const ids = t.push_many(2);
  EXPECT_EQ(t.claim_ids(2), ids);
  crash_every(t, ids);
  EXPECT_EQ(t.claim_ids(10), std::vector{ids[0]});
  EXPECT_EQ(t.claim_ids(10), std::vector{ids[1]});
}

// A batch ends before a job that must come alone; it is not overtaken, or a busy queue would starve it.
void a_batch_ends_before_a_crashed_job(StoreTest& t) {
  auto const ids = t.push_many(4);
  EXPECT_EQ(t.claim_ids(4), ids);
  for (JobId const& id : {ids[0], ids[1], ids[3]}) EXPECT_EQ(t.give_back(id), FinishStatus::applied);
  crash_every(t, {ids[2]});
  auto const result = t.claim(10);
  EXPECT_EQ(ids_of(result.jobs), (std::vector{ids[0], ids[1]}));
  EXPECT_TRUE(result.more);
  EXPECT_EQ(t.claim_ids(10), std::vector{ids[2]});
  EXPECT_EQ(t.claim_ids(10), std::vector{ids[3]});
}

void a_crashed_job_of_a_later_queue_ends_the_batch(StoreTest& t) {
  JobId const low = t.push(t.job("low"));
  EXPECT_EQ(t.claim_ids(1, {"low"}), std::vector{low});
  crash_every(t, {low});
  auto const high = t.push_many(2, "high");
  EXPECT_EQ(t.claim_ids(10, {"high", "low"}), high);
  EXPECT_EQ(t.claim_ids(10, {"high", "low"}), std::vector{low});
}

void operators_retry_forgives_crashes(StoreTest& t) {
  JobId const crashed = t.running_job();
  crash_every(t, {crashed});
  EXPECT_EQ(t.cancel(crashed), CancelStatus::cancelled);
  EXPECT_EQ(t.retry(crashed), RetryStatus::retried);
  JobId const other = t.push(t.job());
  EXPECT_EQ(t.claim_ids(10), (std::vector{crashed, other}));
}

}  // namespace

Cases claim_order_cases() {
  return {{"claim", "by_priority_then_arrival", by_priority_then_arrival},
          {"claim", "the_order_holds_over_many_claims", the_order_holds_over_many_claims},
          {"claim", "preferred_queues_come_first", preferred_queues_come_first},
          {"claim", "the_preferred_queue_is_emptied_first", the_preferred_queue_is_emptied_first},
          {"claim", "all_queues_are_one_order", all_queues_are_one_order},
          {"claim", "a_queue_named_twice_counts_once", a_queue_named_twice_counts_once},
          {"claim", "named_queues_together_are_one_order", named_queues_together_are_one_order},
          {"claim", "together_whatever_their_order_and_over_many_claims",
           together_whatever_their_order_and_over_many_claims},
          {"claim", "together_with_one_queue_that_is_long", together_with_one_queue_that_is_long},
          {"claim", "together_with_paused_due_and_crashed_jobs", together_with_paused_due_and_crashed_jobs},
          {"claim", "due_jobs_keep_their_place", due_jobs_keep_their_place},
          {"claim", "a_returned_job_is_at_the_head_again", a_returned_job_is_at_the_head_again},
          {"claim", "a_retried_failure_keeps_its_place", a_retried_failure_keeps_its_place},
          {"claim", "a_crashed_job_comes_alone", a_crashed_job_comes_alone},
          {"claim", "a_job_with_node_losses_comes_alone", a_job_with_node_losses_comes_alone},
          {"claim", "two_crashed_jobs_come_one_by_one", two_crashed_jobs_come_one_by_one},
          {"claim", "a_batch_ends_before_a_crashed_job", a_batch_ends_before_a_crashed_job},
          {"claim", "a_crashed_job_of_a_later_queue_ends_the_batch", a_crashed_job_of_a_later_queue_ends_the_batch},
          {"claim", "operators_retry_forgives_crashes", operators_retry_forgives_crashes}};
}

}  // namespace kue::testing
