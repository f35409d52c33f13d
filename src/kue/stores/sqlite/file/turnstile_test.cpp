// The turnstile is fair, and never a trap.

#include "kue/stores/sqlite/file/turnstile.hpp"

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// As one process has it.
struct Door {
  explicit Door(Folder const& folder) : shared(folder / "q.db-wake"), turnstile(shared) {}
  std::chrono::nanoseconds enter() {
    auto const came = steady_clock::now();
    turnstile.enter();
    return steady_clock::now() - came;
  }
  WakeFile shared;
  Turnstile turnstile;
};

TEST(SqliteTurnstile, opens_at_once_for_the_one_who_waits) {
  Folder const folder;
  Door holder(folder), waiter(folder);
  holder.turnstile.enter();
  std::atomic<bool> inside{false};
  std::thread thread([&] {
    waiter.enter();
    inside = true;
    waiter.turnstile.leave();
  });
  ASSERT_TRUE(soon([&] { return holder.shared.turnstile().waiting > 0; }));
  EXPECT_FALSE(inside);
  auto const opened = steady_clock::now();
  holder.turnstile.leave();
  thread.join();
  EXPECT_LT(steady_clock::now() - opened, 200ms);
}

TEST(SqliteTurnstile, is_given_up_after_a_quarter_of_a_second) {
  Folder const folder;
  Door holder(folder), waiter(folder);
  holder.turnstile.enter();
  auto const waited = waiter.enter();
  EXPECT_GE(waited, 250ms);
  EXPECT_LT(waited, 2s);
  waiter.turnstile.leave();  // it never was inside
  Door third(folder);
  EXPECT_GE(third.enter(), 250ms) << "the holder still has it";
}

TEST(SqliteTurnstile, is_opened_by_the_death_of_its_holder) {
  Folder const folder;
  Child child([&] {
    Door holder(folder);
    holder.turnstile.enter();
    ::pause();
    return true;
  });
  Door waiter(folder);
  auto const give_up_at = steady_clock::now() + 10s;
  while (waiter.enter() < 250ms && steady_clock::now() < give_up_at)
    waiter.turnstile.leave();  // until the child has it
  ::kill(child.pid(), SIGKILL);
  child.good();
  EXPECT_LT(waiter.enter(), 250ms);
}

TEST(SqliteTurnstile, one_that_comes_again_and_again_does_not_starve_another) {
  Folder const folder;
  std::atomic<bool> stop{false};
  std::atomic<int> entered{0};
  std::vector<std::thread> greedy;
  for (int i = 0; i < 3; ++i) {
    greedy.emplace_back([&] {
      Door door(folder);
      while (!stop) {
        door.turnstile.enter();
        ++entered;
        std::this_thread::sleep_for(200us);
        door.turnstile.leave();
      }
    });
  }
  auto const give_up_at = steady_clock::now() + 10s;
  while (entered < 10 && steady_clock::now() < give_up_at) std::this_thread::yield();
  Door door(folder);
  auto longest = 0ns;
  for (int i = 0; i < 50; ++i) {
    longest = std::max(longest, door.enter());
    door.turnstile.leave();
  }
  stop = true;
  for (std::thread& thread : greedy) thread.join();
  EXPECT_LT(longest, 200ms);
}

TEST(SqliteTurnstile, nobody_stands_aside_for_one_who_has_gone_in) {
  Folder const folder;
  Door holder(folder), patient(folder), newcomer(folder);
  std::chrono::nanoseconds least = 1s;  // any one may be late on a busy machine
  for (int i = 0; i < 10; ++i) {
    holder.turnstile.enter();
    std::thread thread([&] {
      patient.enter();
      patient.turnstile.leave();
    });
    std::uint32_t const before = holder.shared.turnstile().stand_aside_until;
    ASSERT_TRUE(soon([&] { return holder.shared.turnstile().stand_aside_until != before; }))
        << "it waits for long and asks newcomers to stand aside";
    holder.turnstile.leave();
    thread.join();
    least = std::min(least, newcomer.enter());
    newcomer.turnstile.leave();
  }
  EXPECT_LT(least, 3ms) << "the turnstile stands open";
}

}  // namespace
}  // namespace kue::sqlite::test
