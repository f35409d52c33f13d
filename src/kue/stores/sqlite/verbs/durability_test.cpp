// What was accepted is on the disk, and nobody waits for the disk who need not.

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/group.hpp"
#include "kue/stores/sqlite/file/wal_file.hpp"
#include "kue/stores/sqlite/file/watched_calls_test.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <cerrno>
#include <future>
#include <thread>

#include <fcntl.h>
#include <sys/syscall.h>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Every fdatasync of this program, SQLite's too, comes by here (below): the name of the file.
WatchedCalls<std::string>& disk() {
  static WatchedCalls<std::string> one;
  return one;
}

std::vector<std::string> synced_by(std::function<void()> const& body) { return disk().during(body); }

struct OnSync : WatchedCalls<std::string>::Answered {
  explicit OnSync(std::function<int(std::string const&)> answer) : Answered(disk(), std::move(answer)) {}
};

int disk_syncs(int descriptor) {
  std::error_code ignored;
  if (int const error = disk().came(fs::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), ignored))) {
    errno = error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

}  // namespace
}  // namespace kue::sqlite::test

extern "C" int fdatasync(int descriptor) { return kue::sqlite::test::disk_syncs(descriptor); }

namespace kue::sqlite::test {
namespace {

std::string wal_in(Folder const& folder) { return folder / "q.db-wal"; }

std::string empty_wal(Folder const& folder) {
  Fd const made(::open(wal_in(folder).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  return wal_in(folder);
}

TEST(SqliteDurability, a_group_of_one_writes_and_syncs) {
  std::vector<std::string> steps;
  Group group([&](auto const&) { steps.emplace_back("write"); }, [&] { steps.emplace_back("sync"); });
  Group::Member member;
  group.write(member);
  group.sync();
  EXPECT_THAT(steps, ElementsAre("write", "sync", "sync"));
}

TEST(SqliteDurability, without_a_sync_a_commit_is_enough) {
  int writes = 0;
  Group group([&](auto const&) { ++writes; }, {});
  Group::Member member;
  group.write(member);
  group.sync();
  EXPECT_EQ(writes, 1);
}

TEST(SqliteDurability, who_commits_while_the_disk_works_shares_the_next_sync) {
  std::promise<void> open;
  auto const opened = open.get_future().share();
  std::atomic<int> syncs{0}, written{0}, back{0};
  Group group([&](auto const& members) { written += static_cast<int>(members.size()); },
              [&] {
                ++syncs;
                opened.wait_for(10s);
              });
  auto const push = [&] {
    Group::Member member;
    group.write(member);
    ++back;
  };
  std::thread early(push);
  ASSERT_TRUE(soon([&] { return syncs == 1; }));
  std::vector<std::thread> late;
  for (int i = 0; i < 5; ++i) late.emplace_back(push);
  std::atomic<int> seventh{0};
  late.emplace_back([&] {
    seventh = ::gettid();
    group.sync();
    ++back;
  });
  ASSERT_TRUE(soon([&] { return written == 6; })) << "nobody waits for the disk in order to write";
  ASSERT_TRUE(soon([&] { return seventh != 0 && (sleeps(seventh) || back > 0); }))
      << "it has nothing to write, and waits";
  EXPECT_EQ(back, 0) << "the sync under way began before their commits";
  open.set_value();
  early.join();
  for (std::thread& thread : late) thread.join();
  EXPECT_EQ(back, 7);
  EXPECT_EQ(syncs, 2) << "six shared one";
}

// Two are answered together after a long sync. One of them comes again, the other does not.
TEST(SqliteDurability, after_a_stall_of_the_disk_one_alone_does_not_wait_for_companions) {
  std::atomic<int> syncs{0}, written{0};
  std::chrono::nanoseconds least = 1s;  // any one may be late on a busy machine
  for (int round = 0; round < 5; ++round) {
    syncs = written = 0;
    Group group([&](auto const& members) { written += static_cast<int>(members.size()); },
                [&] {
                  ++syncs;
                  if (syncs == 1) soon([&] { return written == 3; });
                  if (syncs == 2) std::this_thread::sleep_for(60ms);
                });
    auto const push = [&] {
      Group::Member member;
      group.write(member);
    };
    std::vector<std::thread> threads(3);
    for (std::thread& thread : threads) thread = std::thread(push);
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(written, 3);
    auto const came = std::chrono::steady_clock::now();
    push();
    least = std::min<std::chrono::nanoseconds>(least, std::chrono::steady_clock::now() - came);
  }
  EXPECT_LT(least, 5ms);
}

TEST(SqliteDurability, a_sync_that_fails_is_everybodys_who_waited_for_it) {
  std::atomic<int> unknown{0};
  Group group([](auto const&) {}, [] { throw Error::with_unknown_outcome(ErrorKind::unavailable, "no disk"); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      auto const error = error_of([&] {
        Group::Member member;
        group.write(member);
      });
      unknown += error && error->outcome_unknown() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unknown, 6);
}

TEST(SqliteDurability, after_a_failed_sync_nothing_more_is_called_durable) {
  Folder const folder;
  WalFile wal(empty_wal(folder));
  EXPECT_NO_THROW(wal.sync());
  {
    OnSync const on([](std::string const&) { return EIO; });
    EXPECT_THROW(wal.sync(), Error);
  }
  try {
    wal.sync();  // the kernel has told of the lost page once, and would say nothing of it now
    ADD_FAILURE() << "it was called durable";
  } catch (Error const& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("q.db-wal: Input/output error"));
    EXPECT_TRUE(failure.outcome_unknown());
  }
}

TEST(SqliteDurability, a_wal_that_cannot_be_opened_is_an_error_and_not_silence) {
  Folder const folder;
  WalFile wal(folder / "none-wal");
  EXPECT_THROW(wal.sync(), Error);
}

TEST(SqliteDurability, what_a_producer_or_a_person_asks_for_is_on_the_disk_when_it_returns) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const pushed = jobs(3);
  auto const wal = std::vector<std::string>{wal_in(folder)};
  store->push({.jobs = jobs(1)});  // the first commit begins the WAL and syncs its head
  EXPECT_EQ(synced_by([&] { store->push({.jobs = pushed}); }), wal);
  EXPECT_EQ(synced_by([&] { store->cancel({.ids = std::vector{pushed[0].id}}); }), wal);
  EXPECT_EQ(synced_by([&] { store->retry({.ids = std::vector{pushed[0].id}}); }), wal);
  EXPECT_EQ(synced_by([&] { store->pause({.queue = "default"}); }), wal);
  EXPECT_EQ(synced_by([&] { store->resume({.queue = "default"}); }), wal);
  EXPECT_THAT(synced_by([&] { Hand(*store).drain(); }), ::testing::IsEmpty())
      << "a claim and a finish may be lost in a power cut";
}

TEST(SqliteDurability, durability_process_asks_nothing_of_the_disk) {
  Folder const folder;
  auto const store = open(folder / "q.db", {.durability = Durability::process});
  store->push({.jobs = jobs(1)});
  EXPECT_THAT(synced_by([&] { store->push({.jobs = jobs(1)}); }), ::testing::IsEmpty());
}

// What the pushes sync that come upon a checkpoint; `between` them others may write.
std::vector<std::vector<std::string>> checkpoints_of(Folder const& folder, Store& store,
                                                     std::function<void()> const& between) {
  std::vector<std::vector<std::string>> checkpoints;
  store.push({.jobs = jobs(1)});
  for (int i = 0; i < 900; ++i) {
    auto synced = synced_by([&] { store.push({.jobs = jobs(1)}); });
    std::erase(synced, folder.path());  // the first time, for the name of the log
    if (!synced.empty()) checkpoints.push_back(synced);
    between();
  }
  return checkpoints;
}

TEST(SqliteDurability, a_checkpoint_leaves_no_sync_to_the_next_push) {
  Folder const folder;
  auto const store = open(folder / "q.db", {.durability = Durability::process});
  auto const wal = wal_in(folder);
  auto const checkpoints = checkpoints_of(folder, *store, [] {});
  EXPECT_GE(checkpoints.size(), 2u);
  EXPECT_THAT(checkpoints, Each(ElementsAre(wal, folder / "q.db", wal)))
      << "the log, the file, the head of the new log";
}

TEST(SqliteDurability, a_checkpoint_syncs_the_log_without_a_lock_when_others_write) {
  Folder const folder;
  auto const store = open(folder / "q.db", {.durability = Durability::process});
  auto const other = open(folder / "q.db", {.durability = Durability::process});
  auto const wal = wal_in(folder);
  auto const checkpoints = checkpoints_of(folder, *store, [&, i = 0]() mutable {
    if (i++ % 50 == 0) other->beat({.node = 1});  // too seldom to come upon one itself
  });
  EXPECT_GE(checkpoints.size(), 2u);
  EXPECT_THAT(checkpoints, Each(ElementsAre(wal, wal, folder / "q.db", wal)))
      << "the log without a lock, again with it, the file, the head of the new log";
}

TEST(SqliteDurability, others_push_claim_and_finish_while_one_waits_for_the_disk) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  store->push({.jobs = jobs(1)});
  std::promise<void> open_again;
  auto const opened = open_again.get_future().share();
  std::atomic<int> waiting{0};
  OnSync const on([&](std::string const&) {
    ++waiting;
    opened.wait_for(20s);
    return 0;
  });
  std::vector<std::thread> producers;
  for (int i = 0; i < 2; ++i) producers.emplace_back([&] { store->push({.jobs = jobs(2)}); });
  ASSERT_TRUE(soon([&] { return waiting >= 1 && store->counts().at(0).of(State::available) == 5; }))
      << "committed and seen, not yet durable";
  EXPECT_EQ(Hand(*store).drain(), 5);
  Child other([&] { return Hand(*open(path)).drain() == 0 && open(path)->get(JobId::make()) == std::nullopt; });
  EXPECT_TRUE(other.good()) << "nor is another process kept out";
  open_again.set_value();
  for (std::thread& thread : producers) thread.join();
}

TEST(SqliteDurability, a_push_whose_sync_fails_says_that_its_outcome_is_not_known) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const pushed = jobs(1);
  store->push({.jobs = jobs(1)});
  std::optional<Error> error;
  {
    OnSync const on([](std::string const&) { return EIO; });
    error = error_of([&] { store->push({.jobs = pushed}); });
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::unavailable);
  EXPECT_TRUE(error->outcome_unknown()) << error->what();
  EXPECT_THAT(error->what(), HasSubstr("fdatasync of "));
  EXPECT_TRUE(error_of([&] { store->push({.jobs = pushed}); }))
      << "the disk has lost something; this process cannot know what";
  EXPECT_EQ(open(folder / "q.db")->push({.jobs = pushed}).statuses.at(0), PushStatus::already)
      << "with its id it is one job";
}

}  // namespace
}  // namespace kue::sqlite::test
