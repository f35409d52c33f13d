// The frames of a commit are one write, and a write that fails takes nothing else with it.

#include "kue/stores/sqlite/file/gathered_wal.hpp"

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/watched_calls_test.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cerrno>

#include <sys/syscall.h>

namespace kue::sqlite::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kSomePages = 4096 * 4;

// Every pwrite of this program to a WAL comes by here (below): its bytes.
WatchedCalls<std::size_t>& wal_writes() {
  static WatchedCalls<std::size_t> one;
  return one;
}

ssize_t wal_is_written(int descriptor, void const* bytes, std::size_t size, off_t offset) {
  std::error_code ignored;
  bool const wal = fs::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), ignored).string().ends_with("-wal");
  if (int const error = wal ? wal_writes().came(size) : 0) {
    errno = error;
    return -1;
  }
  return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

}  // namespace
}  // namespace kue::sqlite::test

extern "C" ssize_t pwrite(int descriptor, void const* bytes, std::size_t size, off_t offset) {
  return kue::sqlite::test::wal_is_written(descriptor, bytes, size, offset);
}
extern "C" ssize_t pwrite64(int descriptor, void const* bytes, std::size_t size, off_t offset) {
  return kue::sqlite::test::wal_is_written(descriptor, bytes, size, offset);
}

namespace kue::sqlite::test {
namespace {

void push(Store& store, int count) {
  auto const pushed = jobs(count);
  store.push({.jobs = pushed});
}

TEST(SqliteGatheredWal, a_small_commit_is_one_write) {
  ASSERT_NE(gathered_wal_vfs(), nullptr);
  Folder const folder;
  auto const store = open(folder / "q.db");
  push(*store, 1);
  auto const writes = wal_writes().during([&] { push(*store, 1); });
  ASSERT_EQ(writes.size(), 1u);
  EXPECT_GE(writes[0], kSomePages) << "several pages";
}

std::string gathered(Store& store) {
  for (auto const& fact : store.info().facts) {
    if (fact.name == "gathered_wal") return fact.value;
  }
  return "not told";
}

TEST(SqliteGatheredWal, switched_off_each_page_is_written_by_itself) {
  Folder const folder;
  EXPECT_EQ(gathered(*open(folder / "q.db")), "on");
  auto const store = open(folder / "q.db", {}, {.gathered_wal = false});
  EXPECT_EQ(gathered(*store), "off");
  push(*store, 1);
  EXPECT_GT(wal_writes().during([&] { push(*store, 1); }).size(), 4u);
  push(*store, 3000);
  EXPECT_THAT(store->check().problems, IsEmpty());
  EXPECT_EQ(Hand(*store).drain(), 3002);
}

TEST(SqliteGatheredWal, a_process_with_it_and_one_without_share_a_file) {
  Folder const folder;
  auto const works = [&](bool gathered_wal) {
    auto const store = open(folder / "q.db", {}, {.gathered_wal = gathered_wal});
    Hand hand(*store);
    for (int i = 0; i < 60; ++i) {
      push(*store, 1 + i % 50);
      hand.finish(hand.claim(20));
    }
    return true;
  };
  {
    Child with([&] { return works(true); }), without([&] { return works(false); });
    EXPECT_TRUE(with.good());
    EXPECT_TRUE(without.good());
  }
  auto const store = open(folder / "q.db");
  EXPECT_THAT(store->check().problems, IsEmpty());
  Hand(*store).drain();
  int pushed = 0;
  for (int i = 0; i < 60; ++i) pushed += 2 * (1 + i % 50);
  EXPECT_EQ(store->counts().at(0).of(State::completed), pushed);
}

// As an SQLite that was built without the setting: it knows no such pragma, and answers nothing.
TEST(SqliteGatheredWal, it_is_refused_where_sqlite_may_write_pages_before_the_commit) {
  Folder const folder;
  push(*open(folder / "q.db"), 1);
  Location location = locate(folder / "q.db");
  auto const deaf = [](void*, int action, char const* pragma, char const*, char const*, char const*) {
    return action == SQLITE_PRAGMA && std::string_view(pragma) == "cache_spill" ? SQLITE_IGNORE : SQLITE_OK;
  };
  Connection gathers(location);
  sqlite3_set_authorizer(gathers.handle(), deaf, nullptr);
  auto const error = error_of([&] { gathers.settle(Sync::normal); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::refused);
  EXPECT_THAT(error->what(), HasSubstr("q.db?gathered_wal=off"));
  location.gathered_wal = false;
  Connection plain(location);
  sqlite3_set_authorizer(plain.handle(), deaf, nullptr);
  EXPECT_NO_THROW(plain.settle(Sync::normal));
}

TEST(SqliteGatheredWal, a_large_commit_is_a_few_and_all_of_it_is_there) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  push(*store, 1);
  std::size_t bytes = 0;
  auto const writes = wal_writes().during([&] { push(*store, 5000); });
  for (std::size_t const size : writes) bytes += size;
  EXPECT_GT(bytes, 100 * 4096u);
  EXPECT_LT(writes.size() * 10, bytes / 4096);
  EXPECT_THAT(store->check().problems, IsEmpty());
  EXPECT_EQ(Hand(*store).drain(500), 5001);
}

TEST(SqliteGatheredWal, what_is_committed_is_in_the_file_for_any_sqlite) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  for (int i = 0; i < 20; ++i) push(*store, 1 + i * 10);
  // Without the shared memory beside them, as after a crash of the machine: SQLite reads the log from its beginning.
  fs::copy_file(folder / "q.db", folder / "copy.db");
  fs::copy_file(folder / "q.db-wal", folder / "copy.db-wal");
  Stranger plain(folder / "copy.db");
  EXPECT_EQ(plain.word("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(plain.word("SELECT count(*) FROM kue_jobs"), std::to_string(20 + 190 * 10));
}

// Its first part is in the log already. Others write to the same place then, and what failed must not come back over
// it.
TEST(SqliteGatheredWal, a_commit_that_fails_in_the_middle_leaves_nothing_behind) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  push(*store, 1);
  for (int const failing : {1, 2, 3}) {
    std::optional<Error> error;
    {
      int count = 0;
      WatchedCalls<std::size_t>::Answered const full(wal_writes(),
                                                     [&](std::size_t) { return ++count == failing ? ENOSPC : 0; });
      error = error_of([&] { push(*store, 3000); });
    }
    ASSERT_TRUE(error) << failing;
    EXPECT_EQ(error->kind(), ErrorKind::full) << error->what();
    Child other([&] {
      push(*open(folder / "q.db"), failing);
      return true;
    });
    ASSERT_TRUE(other.good());
    push(*store, 1);
  }
  EXPECT_THAT(store->check().problems, IsEmpty());
  EXPECT_EQ(Hand(*open(folder / "q.db")).drain(), 1 + (1 + 2 + 3) + 3);
}

}  // namespace
}  // namespace kue::sqlite::test
