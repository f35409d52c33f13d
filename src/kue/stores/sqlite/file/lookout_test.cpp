// One of all who sleep looks into the file, and there is always one.

#include "kue/stores/sqlite/file/lookout.hpp"

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <memory>

namespace kue::sqlite::test {
namespace {

struct Process {
  explicit Process(Folder const& folder) : shared(folder / "q.db-wake"), lookout(std::make_unique<Lookout>(shared)) {}
  WakeFile shared;
  std::unique_ptr<Lookout> lookout;
};

TEST(SqliteLookout, is_one_of_all_processes) {
  Folder const folder;
  Process one(folder), two(folder);
  EXPECT_EQ(one.lookout->left(), Millis(0));
  EXPECT_TRUE(one.lookout->stand());
  EXPECT_TRUE(one.lookout->is_us());
  EXPECT_FALSE(two.lookout->stand());
  EXPECT_FALSE(two.lookout->is_us());
  EXPECT_GT(two.lookout->left(), limits::kPollNet);
  EXPECT_TRUE(one.lookout->stand()) << "again and again";
}

TEST(SqliteLookout, its_place_is_free_when_it_leaves) {
  Folder const folder;
  Process one(folder), two(folder);
  ASSERT_TRUE(one.lookout->stand());
  one.lookout.reset();
  EXPECT_EQ(two.lookout->left(), Millis(0));
  EXPECT_TRUE(two.lookout->stand());
}

TEST(SqliteLookout, its_place_is_free_when_its_term_is_over) {
  Folder const folder;
  Process dead(folder), other(folder);
  ASSERT_TRUE(dead.lookout->stand());
  std::uint32_t const then = WakeFile::milliseconds();
  dead.shared.lookout_until() = then - 1;  // as if its term had passed
  ASSERT_TRUE(soon([&] { return WakeFile::milliseconds() != then; }));
  EXPECT_TRUE(other.lookout->stand());
  EXPECT_FALSE(dead.lookout->is_us());
  dead.lookout.reset();
  EXPECT_TRUE(other.lookout->is_us()) << "one that comes late drives nobody out";
}

TEST(SqliteLookout, a_keeper_takes_it) {
  Folder const folder;
  Process child(folder), keeper(folder);
  ASSERT_TRUE(child.lookout->stand());
  keeper.lookout->take();
  EXPECT_TRUE(keeper.lookout->is_us());
  EXPECT_FALSE(child.lookout->stand());
}

TEST(SqliteLookout, a_word_from_before_a_restart_of_the_machine_says_nothing) {
  Folder const folder;
  Process one(folder);
  for (std::uint32_t const garbage : {1U, ~0U, WakeFile::milliseconds() + 3'600'000U, WakeFile::milliseconds() - 3'600'000U}) {
    one.shared.lookout_until() = garbage;
    EXPECT_EQ(one.lookout->left(), Millis(0)) << garbage;
    EXPECT_TRUE(one.lookout->stand()) << garbage;
  }
}

}  // namespace
}  // namespace kue::sqlite::test
