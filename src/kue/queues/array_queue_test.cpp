#include <kue/array_queue.hpp>

#include "kue/queues/fixtures_test.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::Greet;

// Fault 4 of the original: its ArrayQueue popped the newest job first.
TEST(Faults, fault_04_array_queue_is_first_in_first_out) {
  ArrayQueue queue;
  for (char const* name : {"a", "b", "c"}) queue.push(Greet(name));
  for (char const* name : {"a", "b", "c"}) EXPECT_EQ(from_json<Greet>(queue.pop(0ms)->job.args).name, name);
}

TEST(ArrayQueue, pop_waits_for_a_push_of_another_thread) {
  ArrayQueue queue;
  std::jthread const pusher([&] { queue.push(Greet("late")); });
  auto const got = queue.pop(10s);
  ASSERT_TRUE(got);
  EXPECT_EQ(from_json<Greet>(got->job.args).name, "late");
}

TEST(ArrayQueue, a_job_out_of_its_limits_is_refused) {
  ArrayQueue queue;
  Envelope envelope = make_envelope(Greet("x"));
  envelope.queue = "no such name!";
  EXPECT_ANY_THROW(queue.push(std::move(envelope)));
  EXPECT_TRUE(queue.jobs().empty());
}

}  // namespace
}  // namespace kue
