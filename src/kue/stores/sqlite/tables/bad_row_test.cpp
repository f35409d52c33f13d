// Rows that no longer read as jobs: put aside with the reason corrupt, never in the way of the others.

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

namespace kue::sqlite::test {
namespace {

// The table's own rules would refuse such rows: they are switched off as a damaged disk would.
constexpr char const* kWithoutRules = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
                                      "replace(replace(sql, 'NOT NULL', ''), 'STRICT', '') WHERE name = 'kue_jobs'; "
                                      "PRAGMA writable_schema = RESET; PRAGMA ignore_check_constraints = ON;";

struct Damage {
  char const* name;
  char const* sql;
};

class BadRow : public ::testing::TestWithParam<Damage> {};

TEST_P(BadRow, is_discarded_as_corrupt_and_the_others_go_on) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const pushed = jobs(5);
  { open(path, {.event_log = true})->push({.jobs = pushed}); }
  { Stranger(path).run(std::string(kWithoutRules) + GetParam().sql); }
  auto const store = open(path, {.event_log = true});
  Hand hand(*store);
  EXPECT_EQ(hand.drain(2), 4);
  auto const counts = store->counts().at(0);
  EXPECT_EQ(counts.of(State::completed), 4);
  EXPECT_EQ(counts.of(State::discarded), 1);
  EXPECT_EQ(counts.of(State::available), 0);
  int corrupt = 0;
  for (Event const& event : store->events({}).events) {
    EXPECT_TRUE(allowed(event.verb, event.from, event.to, event.reason));
    corrupt += event.reason == Reason::corrupt ? 1 : 0;
  }
  EXPECT_EQ(corrupt, 1);
  EXPECT_EQ(Stranger(path).word("SELECT count(*) FROM kue_unfinished"), "0") << "it has left the waiting ones";
  std::int64_t pruned = 0;
  PruneRequest const all{
      .retention = {.usual = {.completed = Millis(0), .discarded = Millis(0), .completed_count = 0}}};
  EXPECT_TRUE(soon([&] { return (pruned += store->prune(all).pruned) == 5; }))
      << "and is found among the final ones: " << pruned;
  EXPECT_EQ(store->counts().at(0).by_state, decltype(QueueCounts::by_state){});
}

INSTANTIATE_TEST_SUITE_P(Sqlite, BadRow,
                         ::testing::Values(Damage{"no_kind", "UPDATE kue_jobs SET kind = NULL WHERE seq = 1"},
                                           Damage{"empty_kind", "UPDATE kue_jobs SET kind = '' WHERE seq = 2"},
                                           Damage{"no_args", "UPDATE kue_jobs SET args = NULL WHERE seq = 1"},
                                           Damage{"short_id", "UPDATE kue_jobs SET id = x'0102' WHERE seq = 5"},
                                           Damage{"meta_cut_off", "UPDATE kue_jobs SET meta = '3:ke' WHERE seq = 4"},
                                           Damage{"row_gone", "DELETE FROM kue_jobs WHERE seq = 1"}),
                         [](auto const& each) { return each.param.name; });

TEST(SqliteBadRow, a_damaged_copy_of_its_queue_or_priority_does_not_stop_a_job) {
  Folder const folder;
  auto const path = folder / "q.db";
  { open(path)->push({.jobs = jobs(5)}); }
  {
    Stranger(path).run(
        std::string(kWithoutRules) +
        "UPDATE kue_jobs SET queue = x'00' WHERE seq = 3; UPDATE kue_jobs SET priority = 'high' WHERE seq = 1");
  }
  auto const store = open(path);
  auto const claimed = Hand(*store).claim(1);
  ASSERT_EQ(claimed.size(), 1u);
  EXPECT_EQ(claimed[0].job.queue, claimed[0].claim.queue) << "where it waits says the hot table";
  EXPECT_EQ(claimed[0].job.priority, 0);
  EXPECT_EQ(Hand(*store).drain(2), 4);
}

TEST(SqliteBadRow, arguments_that_are_no_json_are_handed_on_as_they_are) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const pushed = jobs(2);
  { open(path)->push({.jobs = pushed}); }
  { Stranger(path).run("UPDATE kue_jobs SET args = '{\"name\":' WHERE seq = 1"); }
  auto const store = open(path);
  auto const claimed = Hand(*store).claim(10);
  ASSERT_EQ(claimed.size(), 2u);
  EXPECT_EQ(claimed[0].job.args, "{\"name\":") << "what they mean is the worker's business: it answers corrupt";
}

}  // namespace
}  // namespace kue::sqlite::test
