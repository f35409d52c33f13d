// A typed job goes through each concrete queue: none of them hides Queue::push<J>.

#include <kue/array_queue.hpp>
#include <kue/buffered_queue.hpp>
#include <kue/error.hpp>
#include <kue/immediate_queue.hpp>
#include <kue/open_queue.hpp>

#include "kue/queues/fixtures_test.hpp"

#include <gtest/gtest.h>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::Greet;

template <class Q> void push_and_pop(Q& queue) {
  JobId const id = queue.push(Greet("John", 2));
  queue.flush();
  std::optional<Delivery> const got = queue.pop(1s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->job.id, id);
  EXPECT_EQ(got->job.kind, "Greet");
  EXPECT_EQ(got->attempt, 1U);
  EXPECT_EQ(from_json<Greet>(got->job.args).name, "John");
  queue.finish(*got, completed());
  EXPECT_FALSE(queue.pop(0ms));
}

TEST(TypedPush, array_queue) {
  ArrayQueue queue;
  push_and_pop(queue);
}

TEST(TypedPush, store_queue) {
  auto const queue = open_store_queue("memory:");
  push_and_pop(*queue);
  EXPECT_EQ(queue->store().counts().at(0).of(State::completed), 1);
}

TEST(TypedPush, buffered_queue) {
  BufferedQueue queue(open_store_queue("memory:"));
  push_and_pop(queue);
}

TEST(TypedPush, immediate_queue) {
  Registry registry;
  registry.add<Greet>();
  queue_tests::NoServices services;
  auto const kept = std::make_shared<queue_tests::Kept>();
  ImmediateQueue queue(registry, services, Logger(kept));
  JobId const id = queue.push(Greet("John", 2));
  ASSERT_EQ(queue.outcomes().size(), 1U);
  EXPECT_EQ(queue.outcomes()[0].first.id, id);
  EXPECT_EQ(queue.outcomes()[0].second.kind, Outcome::Kind::completed);
  EXPECT_EQ(kept->lines, (std::vector<std::string>{"Hello John", "Hello John"}));
}

TEST(TypedPush, options_that_a_queue_cannot_honour_are_refused_and_named) {
  ArrayQueue queue;
  try {
    queue.push(Greet("John"), {.delay = 5min, .priority = 3});
    FAIL() << "was not refused";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_NE(std::string(error.what()).find("delay"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("priority"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(queue.jobs().empty());
}

TEST(TypedPush, an_unknown_kind_is_refused_by_the_immediate_queue_with_a_suggestion) {
  Registry registry;
  registry.add<Greet>();
  queue_tests::NoServices services;
  ImmediateQueue queue(registry, services);
  Envelope envelope = make_envelope(Greet("John"));
  envelope.kind = "Great";
  try {
    queue.push(std::move(envelope));
    FAIL() << "was not refused";
  } catch (Error const& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'Greet'?"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace kue
