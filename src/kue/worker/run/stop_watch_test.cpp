#include "kue/worker/run/stop_watch.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace kue::worker {
namespace {

// Waits for an event with a limit; never sleeps for a guess.
bool raised(std::stop_token const& token, Millis most = Millis(5000)) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::stop_callback const callback(token, [&] {
    std::lock_guard const lock(mutex);
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, most, [&] { return token.stop_requested(); });
}

struct StopWatchTest : ::testing::Test {
  FutexWord bell{0};
  std::atomic<bool> stop{false};
  std::atomic<int> interrupted{0};
  std::atomic<std::int64_t> trusted{INT64_MAX};
  std::atomic<bool> cancelled{false};
  std::atomic<int> looks{0};
  StopWatch watch{bell,
                  {.stop_asked =
                       [this] {
                         ++looks;
                         return stop.load();
                       },
                   .on_stop = [this] { ++interrupted; },
                   .trusted_until = [this] { return SteadyPoint(Millis(trusted.load())); },
                   .cancel_asked = [this] { return cancelled.load(); }}};
  SteadyPoint now() { return Clock::system().steady_now(); }
};

TEST_F(StopWatchTest, raises_the_token_at_the_time_out_and_says_why) {
  watch.begin(now() + Millis(30));
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::timeout);
  watch.end();
  watch.begin(std::nullopt);
  EXPECT_FALSE(watch.token().stop_requested());
  EXPECT_EQ(watch.cause(), StopCause::none);
}

TEST_F(StopWatchTest, a_stop_raises_the_token_and_interrupts_the_queue_once) {
  watch.begin(std::nullopt);
  stop = true;
  futex_ring(bell);
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::shutdown);
  EXPECT_TRUE(watch.stopping());
  EXPECT_EQ(interrupted.load(), 1);
  watch.end();
  watch.begin(std::nullopt);
  EXPECT_TRUE(watch.token().stop_requested()) << "a run that starts during the stop";
}

TEST_F(StopWatchTest, a_cancelled_job_is_asked_to_end_and_the_worker_goes_on) {
  watch.begin(std::nullopt);
  cancelled = true;
  futex_ring(bell);
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::cancelled);
  EXPECT_FALSE(watch.stopping());
  EXPECT_EQ(interrupted.load(), 0);
}

TEST_F(StopWatchTest, a_run_that_has_ended_is_left_alone) {
  watch.begin(now() + Millis(20));
  std::stop_token const first = watch.token();
  watch.end();
  watch.begin(now() + Millis(40));
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_FALSE(first.stop_requested());
}

TEST_F(StopWatchTest, a_node_that_is_no_longer_trusted_stops_its_job) {
  trusted = now().time_since_epoch().count() + 30;
  watch.begin(std::nullopt);
  futex_ring(bell);
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::shutdown);
  EXPECT_FALSE(watch.stopping());
}

// Waits until it has looked once, with nothing running: from then on it dozes.
void let_it_doze(std::atomic<int> const& looks) {
  while (looks == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // between that look and the sleep
}

TEST_F(StopWatchTest, dozes_while_nothing_runs_and_looks_once_a_second_from_the_first_run_on) {
  let_it_doze(looks);
  EXPECT_EQ(looks.load(), 1);
  SteadyPoint const began = now();
  watch.begin(std::nullopt);
  cancelled = true;  // and nobody rings
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::cancelled);
  EXPECT_LT(now() - began, Millis(3000)) << "the net of a second is there although it dozed before";
}

TEST_F(StopWatchTest, a_stop_is_noticed_at_once_while_it_dozes) {
  let_it_doze(looks);
  SteadyPoint const asked = now();
  stop = true;
  futex_ring(bell);
  while (!watch.stopping() && now() - asked < Millis(5000)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_LT(now() - asked, Millis(900));
  EXPECT_EQ(interrupted.load(), 1);
}

TEST_F(StopWatchTest, short_runs_one_after_another_do_not_ring) {
  let_it_doze(looks);
  watch.begin(std::nullopt);
  watch.end();
  std::uint32_t const rung = bell.load();
  for (int i = 0; i < 1000; ++i) {
    watch.begin(std::nullopt);
    watch.end();
  }
  EXPECT_LE(bell.load(), rung + 1) << "one, if the watch was slow to look and dozed again in between";
}

TEST_F(StopWatchTest, a_time_out_is_kept_although_it_dozed) {
  let_it_doze(looks);
  SteadyPoint const began = now();
  watch.begin(began + Millis(30));
  EXPECT_TRUE(raised(watch.token()));
  EXPECT_EQ(watch.cause(), StopCause::timeout);
  EXPECT_LT(now() - began, Millis(900));
}

}  // namespace
}  // namespace kue::worker
