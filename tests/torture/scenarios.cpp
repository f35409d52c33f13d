#include "scenarios.hpp"

#include "arena.hpp"
#include "promise.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace torture {
namespace {

void wait_until_gone(Arena& arena, int pid) {
  wait_for(
      [&] {
        arena.brood().reap();
        return !alive(pid);
      },
      milliseconds(2000));
}

void kill_one_child(Arena& arena) {
  std::vector<int> children;
  ASSERT_TRUE(wait_for(
      [&] {
        children = arena.job_children();
        return !children.empty();
      },
      milliseconds(5000)))
      << arena.logs();
  int const victim = children[static_cast<std::size_t>(arena.pick(0, static_cast<int>(children.size()) - 1))];
  arena.kill(victim);
  wait_until_gone(arena, victim);
}

// Lets the worker run for a moment under load, then a little longer by chance.
void run_for_a_while(Arena& arena) {
  arena.keep_loaded();
  ASSERT_TRUE(arena.wait_for_runs(30, kUnderLoad)) << arena.logs();
  std::this_thread::sleep_for(milliseconds(arena.pick(0, 150)));
}

bool gone_within(Arena& arena, int but_not, milliseconds limit) {
  return wait_for(
      [&] {
        arena.brood().reap();
        return arena.brood().strays(but_not).empty();
      },
      limit);
}

}  // namespace

void kill_children(int jobs, int kills, int mid_job, bool events) {
  Arena arena(events ? "children" : "plain_children", seed_of_this_run(), {.events = events});
  arena.push(jobs);
  arena.start_worker();
  int killed = 0, inside = 0;
  // The victims' instants: evenly spread over the jobs, with a tenth of the jobs left for more of them, each at a
  // random moment.
  for (; killed < kills || (inside < mid_job && killed < 2 * kills); ++killed) {
    std::int64_t const mark = std::int64_t{jobs} * (killed + 1) / (kills + kills / 5 + 1);
    TORTURE_REQUIRE(wait_for([&] { return arena.finished() >= mark; }, kDrained), arena);
    std::this_thread::sleep_for(milliseconds(arena.pick(0, 40)));
    ASSERT_NO_FATAL_FAILURE(kill_one_child(arena));
    if (arena.left_a_run_open(arena.kills().back().pids.front())) ++inside;
  }
  finish(arena, killed);
  EXPECT_GE(killed, kills);
  EXPECT_GE(arena.cut_short(), mid_job) << "too few of the kills hit a job";
  EXPECT_EQ(arena.cut_short(), inside);
}

void kill_masters(int kills) {
  Arena arena("masters", seed_of_this_run());
  arena.push(300);
  arena.start_worker();
  for (int i = 0; i < kills; ++i) {
    ASSERT_NO_FATAL_FAILURE(run_for_a_while(arena));
    int const old = arena.master();
    std::vector<int> family = descendants_of(old);
    TORTURE_REQUIRE(family.size() >= 5, arena);  // four children and a keeper
    family.insert(family.begin(), old);
    arena.remember_kill(family);
    ::kill(old, SIGKILL);
    arena.start_worker();  // at once: it must not wait for anything that the old one left
    TORTURE_REQUIRE(gone_within(arena, arena.master(), kGone), arena);
  }
  finish(arena, kills);
}

void kill_keepers(int kills) {
  Arena arena("keepers", seed_of_this_run());
  arena.push(300);
  arena.start_worker();
  int keeper = arena.next_keeper(0, kNextKeeper);
  for (int i = 0; i < kills; ++i) {
    TORTURE_REQUIRE(keeper != 0, arena);
    ASSERT_NO_FATAL_FAILURE(run_for_a_while(arena));
    arena.kill(keeper);
    if (i % 2 == 0) {
      ASSERT_NO_FATAL_FAILURE(kill_one_child(arena));
    }
    keeper = arena.next_keeper(keeper, kNextKeeper);
    arena.count_runs_from_here();
  }
  TORTURE_REQUIRE(keeper != 0, arena);
  finish(arena, static_cast<int>(arena.kills().size()));
}

void kill_groups(int kills) {
  Arena arena("groups", seed_of_this_run());
  arena.push(300);
  arena.start_worker();
  for (int i = 0; i < kills; ++i) {
    ASSERT_NO_FATAL_FAILURE(run_for_a_while(arena));
    int const old = arena.master();
    ::kill(old, SIGSTOP);  // it forks nobody between our look and our kills
    std::vector<int> family = descendants_of(old);
    TORTURE_REQUIRE(family.size() >= 5, arena);
    int const keeper = arena.keeper();
    TORTURE_REQUIRE(keeper != 0, arena);
    std::erase(family, keeper);
    family.insert(family.begin(), {keeper, old});  // the keeper first: nobody is left to give anything back
    arena.remember_kill(family);
    for (int const pid : family) ::kill(pid, SIGKILL);
    arena.start_worker();
    TORTURE_REQUIRE(gone_within(arena, arena.master(), kGone), arena);
  }
  finish(arena, kills);
  EXPECT_GT(arena.count_of("node_lost"), 0) << "nobody had to be rescued: this test showed nothing";
}

void stop_workers(int stops) {
  constexpr milliseconds kDeadline(300);
  Arena arena("stops", seed_of_this_run(), {.slow_percent = 6});
  arena.push(300);
  for (int i = 0; i < stops; ++i) {
    arena.start_worker(4, kDeadline);
    ASSERT_NO_FATAL_FAILURE(run_for_a_while(arena));
    int const old = arena.master();
    arena.remember_kill(descendants_of(old));  // the deaf jobs end by SIGKILL after the deadline
    ::kill(old, SIGTERM);
    TORTURE_REQUIRE(arena.brood().wait_exit(old, kDeadline + milliseconds(1000 * kSlower)), arena);
    EXPECT_TRUE(WIFEXITED(arena.brood().status_of(old)) && WEXITSTATUS(arena.brood().status_of(old)) == 0)
        << arena.logs();
    TORTURE_REQUIRE(gone_within(arena, 0, milliseconds(500)), arena);
  }
  arena.start_worker();
  finish(arena, stops);

  for (kue::Event const& event : arena.history().events) {
    bool const expected = event.reason == kue::Reason::pushed || event.reason == kue::Reason::claimed ||
                          event.reason == kue::Reason::completed || event.reason == kue::Reason::interrupted ||
                          event.reason == kue::Reason::returned;
    bool const flaky = event.reason == kue::Reason::error && event.to == kue::State::retryable;
    EXPECT_TRUE(expected || flaky) << "a stop made event " << event.seq << " " << to_string(event.reason);
  }
  EXPECT_GE(arena.count_of("interrupted"), stops / 2) << "the stops met no slow job: this test showed nothing";
  for (kue::JobRecord const& record : arena.history().records) {
    EXPECT_EQ(record.tally.attempt, record.job.kind == "torture::flaky" ? 2U : 1U) << record.job.id.str();
  }
}

}  // namespace torture
