// A batch of ends is one statement if every one passes the fence; if not, it is as if each had come alone.

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <algorithm>

namespace kue::sqlite::test {
namespace {

struct FinishTest : ::testing::Test {
  Folder folder;
  std::shared_ptr<Store> store = open(folder / "q.db");
  Hand hand{*store};

  std::vector<Claimed> claimed(int count) {
    store->push({.jobs = jobs(count)});
    auto all = hand.claim(count);
    EXPECT_EQ(all.size(), static_cast<std::size_t>(count));
    return all;
  }
  static std::vector<Finish> known(std::vector<Claimed> const& all) {
    std::vector<Finish> items;
    for (Claimed const& one : all) items.push_back(done(one));
    return items;
  }
  State state(Claimed const& one) { return store->get(one.job.id).value().state; }
  std::int64_t counted(State wanted) {
    std::int64_t sum = 0;
    for (QueueCounts const& counts : store->counts()) sum += counts.of(wanted);
    return sum;
  }
  void expect_sound() {
    auto const report = store->check();
    EXPECT_TRUE(report.ok()) << (report.problems.empty() ? "" : report.problems.front());
  }
};

TEST_F(FinishTest, ends_a_batch_whose_numbers_follow_each_other) {
  auto const all = claimed(40);
  EXPECT_EQ(store->finish({.items = known(all)}).statuses, std::vector<FinishStatus>(40, FinishStatus::applied));
  EXPECT_EQ(counted(State::completed), 40);
  EXPECT_EQ(counted(State::running), 0);
  EXPECT_EQ(store->finish({.items = known(all)}).statuses, std::vector<FinishStatus>(40, FinishStatus::already));
  expect_sound();
}

TEST_F(FinishTest, leaves_alone_what_lies_between_the_numbers_of_a_batch) {
  auto const all = claimed(9);
  std::vector<Finish> const items{done(all[0]), done(all[3]), done(all[8])};
  EXPECT_EQ(store->finish({.items = items}).statuses, std::vector<FinishStatus>(3, FinishStatus::applied));
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(state(all[i]), i == 0 || i == 3 || i == 8 ? State::completed : State::running) << i;
  EXPECT_EQ(counted(State::running), 6);
  expect_sound();
}

TEST_F(FinishTest, one_that_the_fence_keeps_out_leaves_the_others_applied) {
  auto const all = claimed(5);
  Finish given_back{.claim = all[2].claim};
  given_back.transition = {.to = State::available, .reason = Reason::returned, .tally = all[2].tally};
  ASSERT_EQ(store->release({.items = {&given_back, 1}}).statuses.at(0), FinishStatus::applied);
  auto const statuses = store->finish({.items = known(all)}).statuses;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(statuses[i], i == 2 ? FinishStatus::already : FinishStatus::applied) << i;
    EXPECT_EQ(state(all[i]), i == 2 ? State::available : State::completed) << i;
  }
  EXPECT_EQ(counted(State::completed), 4);
  expect_sound();
}

TEST_F(FinishTest, another_claim_another_holder_and_another_queue_are_kept_out) {
  auto const all = claimed(4);
  auto items = known(all);
  items[1].claim.claim_no += 1;
  items[2].claim.holder += 1;
  items[3].claim.queue = "elsewhere";
  auto const statuses = store->finish({.items = items}).statuses;
  EXPECT_EQ(statuses,
            (std::vector{FinishStatus::applied, FinishStatus::stale, FinishStatus::stale, FinishStatus::stale}));
  EXPECT_EQ(state(all[1]), State::running);
  EXPECT_EQ(state(all[2]), State::running);
  EXPECT_EQ(state(all[3]), State::running);
  for (QueueCounts const& counts : store->counts()) EXPECT_EQ(counts.queue, "default");
  expect_sound();
}

TEST_F(FinishTest, the_same_job_twice_is_ended_once) {
  auto const all = claimed(2);
  auto items = known(all);
  items.push_back(items.back());
  EXPECT_EQ(store->finish({.items = items}).statuses,
            (std::vector{FinishStatus::applied, FinishStatus::applied, FinishStatus::already}));
  EXPECT_EQ(counted(State::completed), 2);
  expect_sound();
}

TEST_F(FinishTest, a_job_that_is_to_be_cancelled_and_completes_is_completed) {
  auto const all = claimed(3);
  store->cancel({.ids = {&all[1].job.id, 1}});
  EXPECT_EQ(store->finish({.items = known(all)}).statuses, std::vector<FinishStatus>(3, FinishStatus::applied));
  EXPECT_EQ(counted(State::completed), 3);
  expect_sound();
}

TEST_F(FinishTest, queues_are_counted_apart) {
  std::vector<Envelope> pushed;
  for (int i = 0; i < 12; ++i) pushed.push_back(job(i % 3 == 0 ? "mail" : "video"));
  store->push({.jobs = pushed});
  auto all = hand.claim(12);
  std::ranges::sort(all, {}, [](Claimed const& one) { return one.claim.seq; });
  EXPECT_EQ(store->finish({.items = known(all)}).statuses, std::vector<FinishStatus>(12, FinishStatus::applied));
  for (QueueCounts const& counts : store->counts())
    EXPECT_EQ(counts.of(State::completed), counts.queue == "mail" ? 4 : 8);
  expect_sound();
}

}  // namespace
}  // namespace kue::sqlite::test
