// What is special to a store in a file; what every store does is in tests/conformance.

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <gmock/gmock.h>

namespace kue::sqlite::test {
namespace {

using namespace std::chrono_literals;

TEST(SqliteStore, keeps_everything_when_closed_and_opened_again) {
  Folder const folder;
  Envelope pushed = job("mail");
  pushed.tags = {"red", "blue"};
  pushed.meta = {{"a", "1:2\n3"}, {"empty", ""}, {"utf8", "\xC3\xA9"}};
  pushed.run_at = TimePoint(1h);
  pushed.priority = -3;
  pushed.timeout = 90s;
  pushed.max_attempts = 7;
  pushed.schema = 3;
  JobRecord before;
  {
    auto const store = open(folder / "q.db");
    store->push({.jobs = {&pushed, 1}});
    Hand hand(*store);
    auto const claimed = hand.claim(1);
    Finish failed{.claim = claimed.at(0).claim};
    failed.transition = {.to = State::retryable,
                         .reason = Reason::error,
                         .delay = 1h,
                         .tally = {.attempt = 1, .max_attempts = 7, .unknown_since = TimePoint(5s)}};
    failed.attempt = Attempt{.claim_no = 1,
                             .attempt = 1,
                             .reason = Reason::error,
                             .failure = {.type = "std::logic_error", .message = "no\0such"},
                             .started_at = TimePoint(2s),
                             .ended_at = TimePoint(3s),
                             .node = hand.node,
                             .pid = 77};
    store->finish({.items = {&failed, 1}});
    before = store->get(pushed.id).value();
    EXPECT_EQ(before.job, pushed);
  }
  auto const store = open(folder / "q.db");
  EXPECT_EQ(store->get(pushed.id).value(), before);
  EXPECT_TRUE(store->check().ok());
}

TEST(SqliteStore, never_uses_a_number_again) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const first = jobs(3);
  store->push({.jobs = first});
  Hand hand(*store);
  ASSERT_EQ(hand.drain(), 3);
  ASSERT_EQ(store->prune({.retention = {.usual = {.completed_count = 0}}}).pruned, 3);
  auto const second = jobs(1);
  store->push({.jobs = second});
  EXPECT_EQ(store->get(second[0].id)->seq, 4);
}

TEST(SqliteStore, two_objects_and_another_process_see_one_queue) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto const mine = open(path);
  auto const other = open(path);
  auto const pushed = jobs(10);
  mine->push({.jobs = pushed});
  Hand hand(*other);
  EXPECT_EQ(hand.claim(4).size(), 4u);
  Child child([&] {
    auto const store = open(path);
    Hand its(*store);
    return its.drain() == 6;
  });
  EXPECT_TRUE(child.good());
  EXPECT_EQ(mine->counts().at(0).of(State::completed), 6);
  EXPECT_EQ(mine->counts().at(0).of(State::running), 4);
}

TEST(SqliteStore, any_name_is_a_file_name) {
  Folder const folder;
  for (std::string const name : {"a b.db", "what?.db", "50%.db", "50%41.db", "#1.db", "file:x?mode=memory.db",
                                 "sch\xC3\xB6n.db", "quote'\".db"}) {
    {
      auto const store = open(folder / name);
      auto const pushed = jobs(1);
      store->push({.jobs = pushed});
      EXPECT_EQ(store->description(), "sqlite:" + fs::canonical(folder / name).string());
    }
    EXPECT_TRUE(fs::is_regular_file(folder / name)) << name;
    EXPECT_EQ(open(folder / name)->counts().at(0).of(State::available), 1) << name;
  }
}

TEST(SqliteStore, a_symbolic_link_leads_to_the_same_queue) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  fs::create_symlink(folder / "q.db", folder / "link.db");
  auto const linked = open(folder / "link.db");
  EXPECT_EQ(linked->description(), store->description());
  EXPECT_FALSE(fs::exists(folder / "link.db-wake"));
}

TEST(SqliteStore, the_clock_of_an_object_never_falls) {
  struct Falling : Clock {
    TimePoint now() const override { return wall; }
    SteadyPoint steady_now() const override { return {}; }
    TimePoint wall{10h};
  } clock;
  Folder const folder;
  auto const store = open(folder / "q.db", {.clock = &clock});
  auto pushed = jobs(2);
  store->push({.jobs = {&pushed[0], 1}});
  clock.wall = TimePoint(1h);
  store->push({.jobs = {&pushed[1], 1}});
  EXPECT_EQ(store->get(pushed[1].id)->inserted_at, TimePoint(10h));
}

TEST(SqliteStore, without_power_cuts_in_mind_it_works_the_same) {
  Folder const folder;
  auto const store = open(folder / "q.db", {.durability = Durability::process});
  auto const pushed = jobs(20);
  store->push({.jobs = pushed});
  EXPECT_EQ(Hand(*store).drain(7), 20);
  EXPECT_TRUE(store->check().ok());
}

}  // namespace
}  // namespace kue::sqlite::test
