// The frames of a commit are one write, and a write that fails takes nothing else with it.

#include "kue/stores/sqlite/file/gathered_wal.hpp"

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"
#include "kue/stores/sqlite/file/watched_calls_test.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cerrno>

#include <sys/syscall.h>

namespace kue::sqlite::test {
namespace {

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
  EXPECT_EQ(plain.word("SELECT count(*) FROM jobs"), std::to_string(20 + 190 * 10));
}

// Its first part is in the log already. Others write to the same place then, and what failed must not come back over it.
TEST(SqliteGatheredWal, a_commit_that_fails_in_the_middle_leaves_nothing_behind) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  push(*store, 1);
  for (int const failing : {1, 2, 3}) {
    std::optional<Error> error;
    {
      int count = 0;
      WatchedCalls<std::size_t>::Answered const full(wal_writes(), [&](std::size_t) { return ++count == failing ? ENOSPC : 0; });
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
