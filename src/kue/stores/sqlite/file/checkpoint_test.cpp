// The write-ahead log is copied into the file by those who write, and does not grow without end.

#include "kue/stores/sqlite/file/checkpointer.hpp"
#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

namespace kue::sqlite::test {
namespace {

constexpr std::uintmax_t kMiB = 1024 * 1024;

// Frames of work: each of these commits changes a few dozen pages.
void push_some(Store& store, int commits) {
  for (int i = 0; i < commits; ++i) {
    auto batch = jobs(50);
    for (Envelope& each : batch) each.args = fmt::format(R"({{"text":"{}"}})", std::string(900, 'a'));
    store.push({.jobs = batch});
  }
}

TEST(SqliteCheckpoint, the_log_stays_small_and_its_frames_reach_the_file) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  push_some(*store, 400);  // about 24 MiB of rows
  EXPECT_LT(fs::file_size(path + "-wal"), 12 * kMiB);
  EXPECT_GT(fs::file_size(path), 15 * kMiB) << "the rows are in the file itself";
  EXPECT_EQ(Hand(*store).drain(100), 20'000);
  EXPECT_LT(fs::file_size(path + "-wal"), 12 * kMiB);
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

TEST(SqliteCheckpoint, is_done_once_about_a_thousand_frames_wait_and_not_at_each_commit) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  auto const checkpoints = [&] {
    return Connection(locate(path)).number("SELECT value FROM kue_store WHERE name = 'checkpoints'");
  };
  push_some(*store, 5);
  EXPECT_EQ(checkpoints(), 0) << "nothing to do yet";
  push_some(*store, 100);
  EXPECT_GE(checkpoints(), 1);
  EXPECT_LE(checkpoints(), 10);
}

TEST(SqliteCheckpoint, a_long_reader_is_not_waited_for_and_its_frames_are_used_again_after_it) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const store = open(path);
  push_some(*store, 10);
  std::uintmax_t with_reader = 0;
  {
    Stranger reader(path);
    reader.run("BEGIN; SELECT count(*) FROM kue_jobs");
    push_some(*store, 200);
    with_reader = fs::file_size(path + "-wal");
    EXPECT_GT(with_reader, 10 * kMiB) << "nothing that a reader still needs is overwritten";
    reader.run("COMMIT");
  }
  push_some(*store, 200);
  EXPECT_LE(fs::file_size(path + "-wal"), with_reader + 6 * kMiB);
  push_some(*store, 100);
  EXPECT_LE(fs::file_size(path + "-wal"), 12 * kMiB) << "and given back, down to the ballast";
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

TEST(SqliteCheckpoint, the_log_is_kept_when_the_last_one_closes) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const pushed = jobs(1);
  { open(path)->push({.jobs = pushed}); }
  EXPECT_GT(fs::file_size(path + "-wal"), 0u) << "closing is no time for a long checkpoint, and the ballast stays";
  EXPECT_TRUE(open(path)->get(pushed[0].id));
}

}  // namespace
}  // namespace kue::sqlite::test
