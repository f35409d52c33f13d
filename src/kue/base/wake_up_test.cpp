// What the thin wrappers over futex, eventfd and pidfd promise.
#include "kue/base/eventfd.hpp"
#include "kue/base/futex.hpp"
#include "kue/base/pidfd.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <thread>

namespace kue {
namespace {

using namespace std::chrono_literals;

bool readable(Fd const& fd, int at_most_ms = 0) {
  pollfd one{.fd = fd.get(), .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, at_most_ms) == 1;
}

TEST(Futex, a_ring_between_the_look_and_the_sleep_is_not_missed) {
  for (FutexScope const scope : {FutexScope::shared, FutexScope::process_private}) {
    FutexWord word{7};
    futex_ring(word, scope);
    futex_wait(word, 7, 1h, scope);  // would never return
    EXPECT_EQ(word, 8U);
  }
}

TEST(Futex, a_ring_wakes_a_sleeper) {
  for (FutexScope const scope : {FutexScope::shared, FutexScope::process_private}) {
    FutexWord word{0};
    std::jthread const sleeper([&] {
      while (word == 0) futex_wait(word, 0, 1h, scope);
    });
    futex_ring(word, scope);
  }
}

TEST(Futex, a_mask_is_woken_by_its_bits_only) {
  FutexWord word{0};
  std::atomic<bool> woken{false};
  std::jthread const sleeper([&] {
    EXPECT_FALSE(futex_wait_masked(word, 0, 0b0110, 1h));
    woken = true;
  });
  while (!woken) {
    EXPECT_EQ(futex_wake_masked(word, 0b1001, 100), 0);
    if (futex_wake_masked(word, 0b0010, 100) == 1) break;  // 0: it does not sleep yet
    std::this_thread::yield();
  }
}

TEST(Futex, the_end_of_the_time_is_told_and_errno_kept) {
  FutexWord word{0};
  errno = E2BIG;
  EXPECT_TRUE(futex_wait_masked(word, 0, 1, 1ms));
  EXPECT_TRUE(futex_wait_masked(word, 0, 1, 0ms));
  EXPECT_FALSE(futex_wait_masked(word, 1, 1, 1h)) << "the word is another";
  futex_wait(word, 0, 1ms);
  futex_wait(word, 0, -1ms);
  EXPECT_EQ(futex_wake(word, 1), 0);
  EXPECT_EQ(errno, E2BIG);
}

TEST(Eventfd, stays_readable_from_the_first_ring_until_it_is_cleared) {
  Fd const bell = open_eventfd();
  ASSERT_TRUE(bell);
  EXPECT_FALSE(readable(bell));
  clear_eventfd(bell.get());  // does not wait
  ring_eventfd(bell.get());
  ring_eventfd(bell.get());
  EXPECT_TRUE(readable(bell));
  clear_eventfd(bell.get());
  EXPECT_FALSE(readable(bell));
}

TEST(Pidfd, kills_the_process_that_it_was_opened_for_and_no_other) {
  pid_t const child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  Fd const process = open_pidfd(child);
  ASSERT_TRUE(process);
  EXPECT_FALSE(readable(process));
  EXPECT_TRUE(kill_by_pidfd(process.get(), SIGKILL));
  EXPECT_TRUE(readable(process, 10'000));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_FALSE(kill_by_pidfd(process.get(), SIGKILL));
  EXPECT_EQ(errno, ESRCH);
  EXPECT_FALSE(open_pidfd(child));
}

}  // namespace
}  // namespace kue
