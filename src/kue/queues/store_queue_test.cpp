#include <kue/store_queue.hpp>

#include <kue/batch.hpp>
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

TEST_F(StoreQueueTest, a_push_says_what_became_of_it) {
  Envelope const envelope{.id = JobId::make(), .kind = "Greet", .queue = "default"};
  EXPECT_EQ(queue.push(envelope), (Pushed{envelope.id, PushStatus::pushed}));
  EXPECT_EQ(queue.push(envelope), (Pushed{envelope.id, PushStatus::already}));
  std::vector<Envelope> many{envelope, {.id = JobId::make(), .kind = "Greet", .queue = "default"}, envelope};
  many[2].id = many[1].id;
  std::vector<JobId> const ids{many[0].id, many[1].id, many[2].id};
  EXPECT_EQ(queue.push_many(many),
            (std::vector<Pushed>{
                {ids[0], PushStatus::already}, {ids[1], PushStatus::pushed}, {ids[2], PushStatus::already}}));
  Pushed const typed = queue.push(Greet("x"));
  EXPECT_EQ(typed.status, PushStatus::pushed);
  JobId const id = typed;
  EXPECT_TRUE(store->get(id));
}

TEST_F(StoreQueueTest, a_batch_and_a_buffer_say_that_they_have_only_collected_it) {
  Batch batch(queue);
  Pushed const collected = batch.push(Greet("x"));
  EXPECT_EQ(collected.status, PushStatus::collected);
  EXPECT_FALSE(store->get(collected));
  batch.flush();
  EXPECT_TRUE(store->get(collected));
}

// A store may forget a node: it was asleep for long, or the store's server has lost its memory.
TEST_F(StoreQueueTest, a_node_that_the_store_has_forgotten_beats_again_and_goes_on) {
  queue.push(Greet("x"));
  queue.finish(pop(), completed());
  std::uint64_t const node = store->nodes().at(0).node;
  ASSERT_TRUE(store->beat({.node = node, .leaving = true}).alive);
  JobId const id = queue.push(Greet("y"));
  auto const got = queue.pop(5s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->job.id, id);
  ASSERT_EQ(store->nodes().size(), 1u);
  EXPECT_EQ(store->nodes()[0].node, node) << "under its name: nobody has declared it dead";
}

TEST_F(StoreQueueTest, every_further_run_but_a_returned_one_is_on_record) {
  struct {
    Outcome outcome;
    std::optional<Reason> kept;
  } const runs[] = {{snooze(1s), Reason::snoozed},
                    {{.kind = Outcome::Kind::returned}, std::nullopt},
                    {interrupted(), Reason::interrupted},
                    {{.kind = Outcome::Kind::unknown_kind}, Reason::unknown_kind},
                    {{.kind = Outcome::Kind::lost_call}, Reason::lost_call},
                    {{.kind = Outcome::Kind::store_restart}, Reason::store_restart},
                    {{.kind = Outcome::Kind::node_lost}, Reason::node_lost},
                    {{.kind = Outcome::Kind::failed, .failure = {.message = "no"}}, Reason::error}};
  JobId const id = queue.push(Greet("x"));
  std::vector<Reason> expected;
  for (auto const& run : runs) {
    queue.finish(pop(), run.outcome);
    if (run.kept) expected.push_back(*run.kept);
    clock.advance(1h);
  }
  std::vector<Reason> kept;
  std::uint32_t last = 0;
  JobRecord const record = store->get(id).value();
  for (Attempt const& attempt : record.errors) {
    kept.push_back(attempt.reason);
    EXPECT_GT(attempt.claim_no, last);
    last = attempt.claim_no;
  }
  EXPECT_EQ(kept, expected);
  queue.finish(pop(), completed());
  EXPECT_EQ(store->get(id)->errors.size(), expected.size()) << "a good end adds none";
}

TEST_F(StoreQueueTest, a_long_failure_is_kept_whole_beside_its_head) {
  JobId const id = queue.push(Greet("x"));
  Failure const failure{.type = "E", .message = std::string(3000, 'm'), .backtrace = "#0 run"};
  queue.finish(pop(), {.kind = Outcome::Kind::failed, .failure = failure});
  Attempt const attempt = store->get(id)->errors.at(0);
  EXPECT_LE(attempt.failure.message.size(), limits::kMaxHeadTextBytes);
  EXPECT_EQ(whole_failure(attempt), failure);
}

struct WeightedConsumer : Consumer {
  WeightedConsumer(std::vector<std::string> queues, std::vector<int> weights)
      : queues_(std::move(queues)), weights_(std::move(weights)) {}
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
  for (int i = 0; i < 2400; ++i)
    jobs.push_back({.id = JobId::make(), .kind = "Greet", .queue = i % 2 ? "mail" : "low"});
  weighted.push_many(jobs);
  int mail = 0;
  for (int i = 0; i < 800; ++i) mail += weighted.pop(0ms).value().job.queue == "mail" ? 1 : 0;
  EXPECT_NEAR(mail, 600, 80);  // more than six times the standard deviation of 12
  for (int i = 0; i < 1600; ++i) ASSERT_TRUE(weighted.pop(0ms)) << "one queue's end is not the other's";
  EXPECT_FALSE(weighted.pop(0ms));
}

// The keeper beats for it: the child only says so.
TEST_F(StoreQueueTest, a_child_whose_node_is_not_known_says_so_and_does_not_beat) {
  WeightedConsumer worker({"default"}, {});
  queue.process(worker);
  queue.push(Greet("x"));
  try {
    (void)queue.pop(0ms);
    ADD_FAILURE() << "it popped";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::not_found);
  }
  EXPECT_TRUE(store->nodes().empty());
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
