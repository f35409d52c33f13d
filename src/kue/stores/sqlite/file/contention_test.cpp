// Many processes on one file: no job twice, none lost, nobody starved.

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr int kJobs = 1500;

// One claimer: one job at a time, as fast as it can, and how long the longest call took. Begins when so many are there:
// on a fast machine the first would have done it all.
bool work(std::string const& path, std::size_t companions = 1) {
  auto const store = open(path);
  Hand hand(*store);
  soon([&] { return store->nodes().size() >= companions; });
  auto longest = 0ns;
  int finished = 0;
  for (;;) {
    auto const begin = steady_clock::now();
    auto const claimed = hand.claim(1);
    longest = std::max<std::chrono::nanoseconds>(longest, steady_clock::now() - begin);
    if (claimed.empty()) break;
    hand.finish(claimed);
    ++finished;
  }
  bool const fair = longest < 3s && finished > 0;
  if (!fair)
    fmt::print(stderr, "finished {} jobs, the longest claim took {} ms\n", finished,
               std::chrono::duration_cast<Millis>(longest).count());
  return fair;
}

TEST(SqliteContention, six_processes_share_a_queue) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path, {.event_log = true});
  auto const pushed = jobs(kJobs);
  store->push({.jobs = pushed});
  std::vector<Child> children;
  for (int i = 0; i < 6; ++i) children.emplace_back([&] { return work(path, 6); });
  for (Child& child : children) EXPECT_TRUE(child.good());
  EXPECT_EQ(store->counts().at(0).of(State::completed), kJobs);
  for (Envelope const& each : pushed) {
    auto const record = store->get(each.id);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->claim_no, 1u) << "handed out once";
  }
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

TEST(SqliteContention, a_claimer_that_is_killed_loses_nothing) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const pushed = jobs(200);
  store->push({.jobs = pushed});
  for (int round = 0; round < 10; ++round) {
    Child child([&] { return work(path); });
    auto const before = store->counts().at(0).of(State::completed);
    auto const give_up_at = steady_clock::now() + 5s;
    while (store->counts().at(0).of(State::completed) < before + 3 && store->counts().at(0).of(State::available) > 0 &&
           steady_clock::now() < give_up_at) {}
    ::kill(child.pid(), SIGKILL);
    child.good();
  }
  Hand hand(*store);
  for (RunningJob const& each : store->running({})) {
    Finish item{.claim = each.claim};
    item.transition = {.to = State::available, .reason = Reason::lost_call, .tally = each.tally};
    EXPECT_EQ(store->release({.items = {&item, 1}}).statuses.at(0), FinishStatus::applied);
  }
  hand.drain();
  EXPECT_EQ(store->counts().at(0).of(State::completed), 200);
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

}  // namespace
}  // namespace kue::sqlite::test
