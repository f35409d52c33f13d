#include <kue/store_queue.hpp>

#include <kue/consumer.hpp>
#include <kue/error.hpp>
#include <kue/testing/fake_clock.hpp>

#include "kue/queues/fixtures_test.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::Greet;

struct Zero : Random {
  std::uint64_t below(std::uint64_t) override { return 0; }
};

struct StoreQueueTest : ::testing::Test {
  testing::FakeClock clock;
  Zero random;
  std::shared_ptr<Store> store = open_store("memory:", {.clock = &clock});
  StoreQueue queue{store, clock, random};

  Delivery pop() { return queue.pop(0ms).value(); }
};

TEST_F(StoreQueueTest, a_failed_job_comes_back_after_the_delay_that_decide_says_with_its_history) {
  JobId const id = queue.push(Greet("x"));
  queue.finish(pop(), {.kind = Outcome::Kind::failed, .failure = {.type = "std::runtime_error", .message = "no"}});
  EXPECT_EQ(store->get(id)->state, State::retryable);
  EXPECT_FALSE(queue.pop(0ms));
  clock.advance(15s);
  Delivery const second = pop();
  EXPECT_EQ(second.job.id, id);
  EXPECT_EQ(second.attempt, 2U);
  EXPECT_EQ(second.claim.claim_no, 2U);
  auto const record = store->get(id).value();
  ASSERT_EQ(record.errors.size(), 1U);
  EXPECT_EQ(record.errors[0].failure.message, "no");
}

TEST_F(StoreQueueTest, a_released_job_goes_back_uncounted) {
  JobId const id = queue.push(Greet("x"));
  queue.release(pop());
  EXPECT_EQ(store->get(id)->tally.attempt, 0U);
  EXPECT_EQ(pop().attempt, 1U);
}

TEST_F(StoreQueueTest, a_second_finish_of_the_same_run_answers_already_and_another_holder_is_stale) {
  queue.push(Greet("x"));
  Delivery delivery = pop();
  EXPECT_EQ(queue.finish_run(delivery, completed(), clock.now()), FinishStatus::applied);
  EXPECT_EQ(queue.finish_run(delivery, completed(), clock.now()), FinishStatus::already);
  delivery.claim.holder ^= 1;
  EXPECT_EQ(queue.finish_run(delivery, completed(), clock.now()), FinishStatus::stale);
}

// Fault 6 of the original: no delay, no priority, no result; after an exception the job was gone.
TEST_F(StoreQueueTest, fault_06_delay_priority_and_result_are_kept) {
  queue.push(Greet("later"), {.delay = 5min});
  queue.push(Greet("low"), {.priority = 9});
  JobId const first = queue.push(Greet("high"), {.priority = -9});
  Delivery const delivery = pop();
  EXPECT_EQ(delivery.job.id, first);
  queue.finish(delivery, {.kind = Outcome::Kind::completed, .result = "42"});
  EXPECT_EQ(store->get(first)->result, "42");
  EXPECT_EQ(from_json<Greet>(pop().job.args).name, "low");
  EXPECT_FALSE(queue.pop(0ms));
  clock.set_wall(Clock::system().now() + 5min);  // a push counts its delay by the pusher's own clock
  EXPECT_EQ(from_json<Greet>(pop().job.args).name, "later");
}

TEST_F(StoreQueueTest, declared_dead_while_it_did_not_pop_it_starts_over_as_another_node) {
  queue.push(Greet("x"));
  (void)pop();
  NodeInfo const node = store->nodes().at(0);
  ASSERT_TRUE(store->rescue({.node = node.node, .beat_seen = node.beat}).dead);
  queue.push(Greet("y"));
  clock.advance(11s);
  EXPECT_EQ(from_json<Greet>(pop().job.args).name, "y");
}

struct WeightedConsumer : Consumer {
  WeightedConsumer(std::vector<std::string> queues, std::vector<int> weights) : queues_(std::move(queues)), weights_(std::move(weights)) {}
  Consumer& on(WorkerEvent, EventHandler) override { return *this; }
  std::uint64_t node() const override { return 7; }
  std::uint64_t holder() const override { return 8; }
  std::vector<std::string> const& queues() const override { return queues_; }
  std::vector<int> const& queue_weights() const override { return weights_; }

 private:
  std::vector<std::string> queues_;
  std::vector<int> weights_;
};

TEST_F(StoreQueueTest, weights_share_the_claims_and_no_queue_starves) {
  WeightedConsumer worker({"mail", "low"}, {3, 1});
  StoreQueue weighted(store, clock, Random::system());
  store->beat({.node = 7});
  weighted.process(worker);
  std::vector<Envelope> jobs;
  for (int i = 0; i < 2400; ++i) jobs.push_back({.id = JobId::make(), .kind = "Greet", .queue = i % 2 ? "mail" : "low"});
  weighted.push_many(jobs);
  int mail = 0;
  for (int i = 0; i < 800; ++i) mail += weighted.pop(0ms).value().job.queue == "mail" ? 1 : 0;
  EXPECT_NEAR(mail, 600, 80);  // more than six times the standard deviation of 12
  for (int i = 0; i < 1600; ++i) ASSERT_TRUE(weighted.pop(0ms)) << "one queue's end is not the other's";
  EXPECT_FALSE(weighted.pop(0ms));
}

TEST_F(StoreQueueTest, without_weights_the_order_is_strict) {
  WeightedConsumer worker({"mail", "low"}, {});
  store->beat({.node = 7});
  queue.process(worker);
  std::vector<Envelope> jobs;
  for (int i = 0; i < 40; ++i) jobs.push_back({.id = JobId::make(), .kind = "Greet", .queue = i % 2 ? "mail" : "low"});
  queue.push_many(jobs);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(pop().job.queue, i < 20 ? "mail" : "low");
}

// Fault 27 of the original: pop had no way to say "stop waiting".
TEST(StoreQueueWait, fault_27_a_waiting_pop_is_interrupted_at_once) {
  StoreQueue queue(open_store("memory:"));
  auto const begin = std::chrono::steady_clock::now();
  std::jthread const stopper([&] { queue.interrupt(); });
  EXPECT_FALSE(queue.pop(30s));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(StoreQueueWait, a_waiting_pop_gets_a_job_that_becomes_due) {
  StoreQueue queue(open_store("memory:"));
  queue.push(Greet("soon"), {.delay = 50ms});
  auto const got = queue.pop(10s);
  ASSERT_TRUE(got);
  EXPECT_GE(Clock::system().now(), *got->job.run_at);
}

}  // namespace
}  // namespace kue
