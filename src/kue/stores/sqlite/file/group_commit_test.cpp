// Pushes of many threads share one commit; what one of them does wrong is its own.

#include "kue/stores/sqlite/file/wake_file.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 8;

// All threads push while a stranger holds the write lock, so that they stand in the queue together when it opens.
std::vector<std::optional<Error>> push_together(Store& store, std::string const& path,
                                                std::vector<Envelope> const& each) {
  std::vector<std::optional<Error>> errors(each.size());
  std::vector<std::atomic<int>> ids(each.size());
  Stranger stranger(path);
  stranger.run("BEGIN IMMEDIATE");
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < each.size(); ++i) {
    threads.emplace_back([&, i] {
      ids[i] = ::gettid();
      errors[i] = error_of([&] { store.push({.jobs = {&each[i], 1}}); });
    });
  }
  auto const give_up_at = std::chrono::steady_clock::now() + 5s;
  for (auto const& id : ids) {
    while ((id == 0 || !sleeps(id)) && std::chrono::steady_clock::now() < give_up_at) std::this_thread::yield();
  }
  stranger.run("ROLLBACK");
  for (std::thread& thread : threads) thread.join();
  return errors;
}

TEST(SqliteGroupCommit, pushes_that_wait_together_are_committed_together) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  WakeFile const words(path + "-wake");
  auto const before = words.value();
  auto const errors = push_together(*store, path, jobs(kThreads));
  for (auto const& error : errors) EXPECT_FALSE(error) << error->what();
  EXPECT_LE(words.value() - before, 3u) << "each commit rings once: the first for itself, the next for all who waited";
  EXPECT_EQ(store->counts().at(0).of(State::available), kThreads);
}

TEST(SqliteGroupCommit, the_failure_of_one_is_its_own) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  {
    Stranger(path).run("CREATE TRIGGER no_bad BEFORE INSERT ON kue_unfinished WHEN (SELECT kind FROM kue_jobs WHERE "
                       "seq = new.seq) = 'Bad' BEGIN SELECT raise(ABORT, "
                       "'no bad ones'); END");
  }
  auto pushed = jobs(kThreads);
  pushed[3].kind = "Bad";
  auto const errors = push_together(*store, path, pushed);
  for (std::size_t i = 0; i < pushed.size(); ++i) {
    EXPECT_EQ(errors[i].has_value(), i == 3) << i;
    EXPECT_EQ(store->get(pushed[i].id).has_value(), i != 3) << i;
  }
  ASSERT_TRUE(errors[3]);
  EXPECT_EQ(errors[3]->kind(), ErrorKind::invalid);
  EXPECT_THAT(errors[3]->what(), ::testing::HasSubstr("no bad ones"));
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

TEST(SqliteGroupCommit, a_known_id_is_known_to_one_only) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const known = jobs(1);
  store->push({.jobs = known});
  std::vector<PushStatus> statuses(kThreads);
  std::vector<std::thread> threads;
  auto const fresh = jobs(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = store->push({.jobs = {i == 5 ? &known[0] : &fresh[i], 1}}).statuses.at(0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < kThreads; ++i)
    EXPECT_EQ(statuses[i], i == 5 ? PushStatus::already : PushStatus::pushed) << i;
}

TEST(SqliteGroupCommit, a_failed_commit_is_everybodys_and_keeps_nothing) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  {
    Stranger(path).run(
        "CREATE TRIGGER stop BEFORE INSERT ON kue_unfinished BEGIN SELECT raise(ROLLBACK, 'stop all'); END");
  }
  auto const pushed = jobs(kThreads);
  auto const errors = push_together(*store, path, pushed);
  for (auto const& error : errors) EXPECT_TRUE(error);
  for (Envelope const& each : pushed) EXPECT_FALSE(store->get(each.id));
  { Stranger(path).run("DROP TRIGGER stop"); }
  EXPECT_EQ(store->push({.jobs = pushed}).statuses.size(), pushed.size()) << "and the next one works";
}

TEST(SqliteGroupCommit, many_threads_push_claim_and_finish_at_once) {
  Folder const folder;
  auto const store = open(folder / "q.db", {.durability = Durability::process, .event_log = true});
  constexpr int kEach = 60;
  std::atomic<int> finished{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        auto const pushed = jobs(1);
        store->push({.jobs = pushed});
      }
    });
  }
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      Hand hand(*store);
      auto const give_up_at = std::chrono::steady_clock::now() + 30s;
      while (finished < 4 * kEach && std::chrono::steady_clock::now() < give_up_at) {
        if (int const count = hand.drain(5); count > 0)
          finished += count;
        else
          store->wait({.until = Clock::system().steady_now() + 20ms});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(finished, 4 * kEach);
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

}  // namespace
}  // namespace kue::sqlite::test
