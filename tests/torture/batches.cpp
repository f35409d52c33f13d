// Kills while children hold several jobs: scenarios.hpp.

#include "arena.hpp"
#include "holdings.hpp"
#include "promise.hpp"
#include "scenarios.hpp"
#include "store_lock.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <thread>

namespace torture {
namespace {

using kue::worker::EntryState;

constexpr milliseconds kRecoveredBehindALock(
    20'000 * kSlower);  // the test itself keeps the keeper from the store, try after try

enum class Wanted { held, done, taken };

bool shows(Holding const& holding, Wanted wanted) {
  switch (wanted) {
    case Wanted::held: return holding.has(EntryState::held);
    case Wanted::done: return holding.has(EntryState::done);
    case Wanted::taken: return holding.has_taken();
  }
  return false;
}

Holding holding_of(int master, int child) {
  for (Holding& holding : holdings_of(master)) {
    if (holding.pid == child) return std::move(holding);
  }
  return {};
}

bool any_taken(int master) {
  std::vector<Holding> const all = holdings_of(master);
  return std::any_of(all.begin(), all.end(), [](Holding const& holding) { return holding.has_taken(); });
}

// Kills one child that is in this state at the instant of its death; what it held then, or nothing if none was met.
std::optional<Holding> kill_one(Arena& arena, Wanted wanted) {
  for (int const child : arena.job_children()) {
    if (!freeze(child)) continue;
    Holding holding = holding_of(arena.master(), child);
    if (shows(holding, wanted)) {
      arena.kill(child);
      return holding;
    }
    thaw(child);
  }
  return std::nullopt;
}

// Only a keeper that waits for the store leaves an entry taken for long enough to be met.
std::optional<Holding> kill_one_taken(Arena& arena) {
  StoreLock const lock(arena.store_file());
  if (!wait_for([&] { return any_taken(arena.master()); }, milliseconds(2000))) return std::nullopt;
  return kill_one(arena, Wanted::taken);
}

Holding meet_and_kill(Arena& arena, Wanted wanted) {
  std::optional<Holding> met;
  wait_for(
      [&] {
        arena.keep_loaded();
        met = wanted == Wanted::taken ? kill_one_taken(arena) : kill_one(arena, wanted);
        return met.has_value();
      },
      kUnderLoad);
  return met.value_or(Holding{});
}

// A job whose end stood in an entry is not claimed again, unless it failed.
void expect_no_second_run(Arena& arena, std::vector<HeldJob> const& ended) {
  std::map<kue::JobId, std::uint32_t> last;
  for (kue::JobRecord const& row : arena.history().records) last[row.job.id] = row.claim_no;
  int again = 0;
  for (HeldJob const& job : ended) again += last[job.id] > job.claim_no ? 1 : 0;
  EXPECT_EQ(again, 0) << "of " << ended.size() << " jobs that had completed when their child was killed";
}

bool freeze_with_taken(Arena& arena, int keeper) {
  if (freeze(keeper) && any_taken(arena.master())) return true;
  thaw(keeper);
  return false;
}

// The keeper stands still with entries taken: before the store has its write, or after it and before the entries know.
bool freeze_in_takeover(Arena& arena, int keeper, bool before) {
  {
    StoreLock const lock(arena.store_file());
    if (!wait_for([&] { return any_taken(arena.master()); }, milliseconds(2000))) return false;
    if (before) return freeze_with_taken(arena, keeper);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(arena.pick(0, 800)));
  return freeze_with_taken(arena, keeper);
}

}  // namespace

void kill_children_with_batches(int kills, bool events) {
  Arena arena(events ? "batches" : "plain_batches", seed_of_this_run(), {.events = events, .brief = true});
  arena.push(2000);
  arena.start_worker();
  TORTURE_REQUIRE(arena.wait_for_runs(100, kUnderLoad), arena);
  std::array<int, 3> met{};
  std::vector<HeldJob> ended;
  for (int i = 0; i < kills; ++i) {
    Holding const holding = meet_and_kill(arena, static_cast<Wanted>(i % 3));
    TORTURE_REQUIRE(holding.pid != 0, arena);
    for (Wanted const state : {Wanted::held, Wanted::done, Wanted::taken})
      met[static_cast<std::size_t>(state)] += shows(holding, state) ? 1 : 0;
    for (HeldJob const& job : holding.jobs) {
      if (job.completed) ended.push_back(job);
    }
  }
  finish(arena, kills, kRecoveredBehindALock);
  fmt::print("{} kills: {} while jobs were held, {} done, {} taken; {} jobs had completed and were not written\n",
             kills, met[0], met[1], met[2], ended.size());
  expect_no_second_run(arena, ended);
}

void kill_keepers_in_takeover(int kills) {
  Arena arena("takeovers", seed_of_this_run(), {.brief = true});
  arena.push(2000);
  arena.start_worker();
  TORTURE_REQUIRE(arena.wait_for_runs(100, kUnderLoad), arena);
  int before = 0, keeper = arena.next_keeper(0, kNextKeeper);
  for (int killed = 0; killed < kills;) {
    TORTURE_REQUIRE(keeper != 0, arena);
    // It first writes what the one before had taken. Killed before that it has taken nothing itself, and has not even
    // started well.
    TORTURE_REQUIRE(wait_for([&] { return !any_taken(arena.master()); }, kUnderLoad), arena);
    bool const early = killed % 2 == 0;
    TORTURE_REQUIRE(wait_for(
                        [&] {
                          arena.keep_loaded();
                          return freeze_in_takeover(arena, keeper, early);
                        },
                        kUnderLoad),
                    arena);
    arena.kill(keeper);
    ++killed;
    before += early ? 1 : 0;
    keeper = arena.next_keeper(keeper, kNextKeeper);
  }
  TORTURE_REQUIRE(keeper != 0, arena);
  finish(arena, kills, kRecoveredBehindALock);
  fmt::print("{} keepers killed between taking and the store's answer, {} of them while the store was locked\n", kills,
             before);
}

}  // namespace torture
