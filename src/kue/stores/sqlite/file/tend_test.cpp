// Of all who have the file open one tends it, once a second, and all see that somebody does.

#include "kue/stores/sqlite/file/wake_file.hpp"

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include "kue/base/fd.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <fcntl.h>

namespace kue::sqlite::test {
namespace {

// What the word says, as a program or a machine leaves it that is gone: the last of seven in the file.
void write_word(std::string const& path, std::uint32_t value) {
  Fd const file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::pwrite(file.get(), &value, sizeof value, 24), static_cast<ssize_t>(sizeof value));
}

TEST(SqliteTend, is_one_turn_a_second_among_all_processes) {
  Folder const folder;
  WakeFile one(folder / "q.db-wake"), two(folder / "q.db-wake");
  EXPECT_FALSE(one.tended_lately());
  ASSERT_TRUE(one.take_turn_to_tend());
  EXPECT_FALSE(one.take_turn_to_tend());
  EXPECT_FALSE(two.take_turn_to_tend());
  EXPECT_TRUE(two.tended_lately());
  Child other([&] {
    WakeFile third(folder / "q.db-wake");
    return third.tended_lately() && !third.take_turn_to_tend();
  });
  EXPECT_TRUE(other.good());
  bool had = false;
  ASSERT_TRUE(soon([&] { return had = had || two.take_turn_to_tend(); }))
      << "whoever comes first when the second is over";
  EXPECT_FALSE(one.take_turn_to_tend());
}

TEST(SqliteTend, of_those_who_ask_at_the_same_time_one_has_the_turn) {
  Folder const folder;
  WakeFile const made(folder / "q.db-wake");
  std::atomic<int> ready{0}, turns{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      WakeFile mine(folder / "q.db-wake");
      ++ready;
      while (ready < 8) std::this_thread::yield();
      turns += mine.take_turn_to_tend() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turns, 1);
}

TEST(SqliteTend, the_turn_of_one_that_died_is_free_after_a_while) {
  Folder const folder;
  WakeFile wake(folder / "q.db-wake");
  ASSERT_TRUE(wake.shared());
  write_word(folder / "q.db-wake", WakeFile::milliseconds() - 1'500);
  EXPECT_TRUE(wake.tended_lately());
  write_word(folder / "q.db-wake", WakeFile::milliseconds() - 2'500);
  EXPECT_FALSE(wake.tended_lately());
  EXPECT_TRUE(wake.take_turn_to_tend());
}

TEST(SqliteTend, a_word_from_before_a_restart_of_the_machine_says_nothing) {
  Folder const folder;
  WakeFile wake(folder / "q.db-wake");
  for (std::uint32_t const garbage : {WakeFile::milliseconds() + 60'000U, WakeFile::milliseconds() + 3'600'000U,
                                      WakeFile::milliseconds() - 3'600'000U}) {
    write_word(folder / "q.db-wake", garbage);
    EXPECT_FALSE(wake.tended_lately()) << garbage;
    EXPECT_TRUE(wake.take_turn_to_tend()) << garbage;
    EXPECT_TRUE(wake.tended_lately()) << garbage;
  }
}

}  // namespace
}  // namespace kue::sqlite::test
