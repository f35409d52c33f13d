#include "kue/worker/child/prefetch.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

using namespace std::chrono_literals;

TEST(Prefetch, begins_with_one_and_doubles_while_batches_are_quick) {
  Prefetch prefetch;
  EXPECT_EQ(prefetch.size(), 1);
  for (int const expected : {2, 4, 8, 16, 32, 64, 128, 256, 500, 500}) {
    prefetch.ended({"default"}, 1ms);
    EXPECT_EQ(prefetch.size(), expected);
  }
}

TEST(Prefetch, halves_after_a_slow_batch_and_never_falls_below_one) {
  Prefetch prefetch;
  for (int i = 0; i < 9; ++i) prefetch.ended({"default"}, 1ms);
  for (int const expected : {250, 125, 62, 31, 15, 7, 3, 1, 1}) {
    prefetch.ended({"default"}, Prefetch::kQuick);
    EXPECT_EQ(prefetch.size(), expected);
  }
}

TEST(Prefetch, an_idle_moment_starts_small_again) {
  Prefetch prefetch;
  for (int i = 0; i < 5; ++i) prefetch.ended({"default"}, 1ms);
  prefetch.idle();
  EXPECT_EQ(prefetch.size(), 1);
  prefetch.ended({"default"}, 1ms);
  EXPECT_EQ(prefetch.size(), 2);
}

TEST(Prefetch, a_batch_of_two_queues_follows_the_more_careful_one) {
  Prefetch prefetch;
  for (int i = 0; i < 4; ++i) prefetch.ended({"quick"}, 1ms);
  EXPECT_EQ(prefetch.size(), 16);
  prefetch.ended({"slow"}, 300ms);
  EXPECT_EQ(prefetch.size(), 1);
  prefetch.ended({"slow", "quick"}, 1ms);
  EXPECT_EQ(prefetch.size(), 2);
}

TEST(RunTimes, an_unknown_kind_is_not_short_and_one_long_run_is_remembered_for_a_while) {
  RunTimes times;
  EXPECT_FALSE(times.is_short("A"));
  times.ran("A", 1ms);
  EXPECT_TRUE(times.is_short("A"));
  EXPECT_FALSE(times.is_short("B"));
  times.ran("A", 40ms);
  EXPECT_FALSE(times.is_short("A"));
  for (int i = 0; i < 20; ++i) times.ran("A", 1ms);
  EXPECT_TRUE(times.is_short("A"));
}

}  // namespace
}  // namespace kue::worker
