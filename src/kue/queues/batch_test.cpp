#include <kue/batch.hpp>

#include <kue/error.hpp>
#include <kue/open_queue.hpp>
#include <kue/testing/fake_clock.hpp>

#include "kue/queues/fickle_queue_test.hpp"
#include "kue/queues/fixtures_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kue {
namespace {

using queue_tests::FickleQueue;
using queue_tests::Greet;
using queue_tests::Kept;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Batch, gives_the_id_at_once_and_sends_all_in_one_call) {
  FickleQueue queue;
  Batch batch(queue);
  JobId const first = batch.push(Greet("John")), second = batch.push(Greet("Jane"), {.priority = 3});
  EXPECT_EQ(batch.size(), 2U);
  EXPECT_EQ(queue.calls(), 0);
  batch.flush();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(queue.calls(), 1);
  EXPECT_EQ(queue.flushes(), 1) << "a queue that only collects is told to send, too";
  ASSERT_EQ(queue.taken().size(), 2U);
  EXPECT_EQ(queue.taken()[0].id, first);
  EXPECT_EQ(queue.taken()[1].id, second);
  EXPECT_EQ(queue.taken()[1].priority, 3);
}

TEST(Batch, counts_a_delay_by_the_clock_of_its_queue) {
  testing::FakeClock const clock;
  StoreQueue queue(open_store("memory:", {.clock = &clock}), clock);
  Batch batch(queue);
  JobId const id = batch.push(Greet("later"), {.delay = Millis(5000)});
  batch.flush();
  EXPECT_EQ(queue.store().get(id)->run_at, clock.now() + Millis(5000));
}

TEST(Batch, that_is_empty_makes_no_push_and_can_be_used_again) {
  FickleQueue queue;
  Batch batch(queue);
  batch.flush();
  EXPECT_EQ(queue.calls(), 0);
  batch.push(Greet("once"));
  batch.flush();
  batch.push(Greet("twice"));
  batch.flush();
  EXPECT_EQ(queue.sizes(), (std::vector<std::size_t>{1, 1}));
}

TEST(Batch, whose_flush_fails_keeps_its_jobs_and_their_ids) {
  FickleQueue queue;
  queue.fail([](std::span<Envelope> jobs) {
    for (Envelope& job : jobs) Envelope(std::move(job));  // as a queue does that moves before it fails
    throw Error(ErrorKind::unavailable, "the server is away");
  });
  Batch batch(queue);
  JobId const id = batch.push(Greet("kept"));
  EXPECT_THROW(batch.flush(), Error);
  ASSERT_EQ(batch.size(), 1U);
  queue.come_back();
  batch.flush();
  ASSERT_EQ(queue.taken().size(), 1U);
  EXPECT_EQ(queue.taken()[0].id, id);
  EXPECT_EQ(from_json<Greet>(queue.taken()[0].args).name, "kept");
}

TEST(Batch, whose_queue_took_the_jobs_and_could_not_flush_does_not_push_them_again) {
  FickleQueue queue;
  queue.fail_flushes(true);
  Batch batch(queue);
  batch.push(Greet("once"));
  EXPECT_THROW(batch.flush(), Error);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(queue.taken().size(), 1U);
}

TEST(Batch, that_ends_without_flush_pushes_nothing_and_names_what_it_drops_without_arguments) {
  FickleQueue queue;
  auto const kept = std::make_shared<Kept>();
  JobId id;
  try {
    Batch batch(queue, Logger(kept));
    id = batch.push(Greet("secret"));
    throw std::runtime_error("the handler failed");
  } catch (std::runtime_error const&) {}
  EXPECT_EQ(queue.calls(), 0);
  ASSERT_EQ(kept->lines.size(), 1U);
  EXPECT_THAT(kept->lines[0], HasSubstr("1 jobs were not pushed: Greet#" + id.str()));
  EXPECT_THAT(kept->lines[0], Not(HasSubstr("secret")));
}

TEST(Batch, that_was_discarded_or_moved_from_drops_nothing) {
  FickleQueue queue;
  auto const kept = std::make_shared<Kept>();
  {
    Batch first(queue, Logger(kept)), third(queue, Logger(kept));
    first.push(Greet("moved"));
    Batch second(std::move(first));
    third = std::move(second);
    EXPECT_EQ(third.size(), 1U);
    EXPECT_GT(third.bytes(), 0U);
    third.discard();
    EXPECT_EQ(third.bytes(), 0U);
  }
  EXPECT_TRUE(kept->lines.empty()) << kept->lines[0];
}

TEST(Batch, that_is_assigned_over_says_what_it_drops) {
  FickleQueue queue;
  auto const kept = std::make_shared<Kept>();
  Batch batch(queue, Logger(kept));
  batch.push(Greet("gone"));
  batch = Batch(queue, Logger(kept));
  EXPECT_EQ(kept->lines.size(), 1U);
}

void expect_refused(ErrorKind kind, std::string const& hint, std::function<void()> const& push) {
  try {
    push();
    FAIL() << "was taken";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(hint));
  }
}

TEST(Batch, refuses_at_once_what_the_flush_could_only_refuse_later) {
  class List : public FickleQueue {
    Capabilities capabilities() const override { return {}; }
  } list;
  Batch batch(list);
  batch.push(Greet("taken"));
  expect_refused(ErrorKind::refused, "this queue does not honour delay",
                 [&] { batch.push(Greet("late"), {.delay = Millis(5)}); });
  expect_refused(ErrorKind::invalid, "priority", [&] { batch.push(Greet("x"), {.priority = 100'000}); });
  EXPECT_EQ(batch.size(), 1U);
  batch.flush();
}

TEST(Batch, is_bounded_in_jobs_and_in_bytes) {
  FickleQueue queue;
  Batch few(queue, Logger(), {.max_jobs = 2});
  few.push(Greet("1"));
  few.push(Greet("2"));
  expect_refused(ErrorKind::full, "it holds 2 jobs", [&] { few.push(Greet("3")); });
  few.flush();
  few.push(Greet("3"));
  few.flush();
  EXPECT_EQ(queue.taken().size(), 3U);

  Batch small(queue, Logger(), {.max_bytes = 4096});
  small.push(Greet(std::string(1024, 'x')));
  expect_refused(ErrorKind::full, "at most", [&] { small.push(Greet(std::string(3072, 'x'))); });
  EXPECT_EQ(small.size(), 1U);
  small.discard();
}

TEST(Batch, is_one_transaction_of_a_store) {
  auto const store = std::shared_ptr<Store>(open_store("memory:"));
  StoreQueue queue(store);
  Batch batch(queue);
  JobId const id = batch.push(Greet("a"));
  batch.push(Greet("b"), {.delay = Millis(60'000)});
  EXPECT_FALSE(store->get(id));
  batch.flush();
  EXPECT_TRUE(store->get(id));
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
  EXPECT_EQ(store->counts().at(0).of(State::scheduled), 1);
}

}  // namespace
}  // namespace kue
