#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

std::uint64_t beat_of(StoreTest& t, std::uint64_t node) {
  for (NodeInfo const& info : t.store->nodes()) {
    if (info.node == node) return info.beat;
  }
  return 0;
}

void declares_a_silent_node_dead(StoreTest& t) {
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = beat_of(t, kNode)}).dead);
  ASSERT_EQ(t.store->nodes().size(), 1u);
  EXPECT_TRUE(t.store->nodes()[0].dead);
}

void a_node_that_beat_meanwhile_lives(StoreTest& t) {
  std::uint64_t const seen = beat_of(t, kNode);
  t.store->beat({.node = kNode, .name = "here", .pid = 1});
  EXPECT_FALSE(t.store->rescue({.node = kNode, .beat_seen = seen}).dead);
  EXPECT_FALSE(t.store->nodes().at(0).dead);
  JobId const id = t.push(t.job());
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void of_an_unknown_node_is_nothing(StoreTest& t) {
  EXPECT_FALSE(t.store->rescue({.node = 987, .beat_seen = 0}).dead);
  EXPECT_EQ(t.store->nodes().size(), 1u);
}

void two_rescuers_may_both_go_on(StoreTest& t) {
  std::uint64_t const seen = beat_of(t, kNode);
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = seen}).dead);
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = seen}).dead);
}

void leaves_the_jobs_to_the_caller(StoreTest& t) {
  JobId const id = t.running_job();
  t.store->rescue({.node = kNode, .beat_seen = beat_of(t, kNode)});
  EXPECT_EQ(t.state(id), State::running);
  EXPECT_EQ(t.store->running({.node = kNode}).size(), 1u);
}

void the_jobs_come_back(StoreTest& t) {
  auto const ids = t.push_many(3);
  EXPECT_EQ(t.claim_ids(3), ids);
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  ASSERT_TRUE(t.store->rescue({.node = kNode, .beat_seen = beat_of(t, kNode)}).dead);
  std::vector<Finish> batch;
  for (RunningJob const& lost : t.store->running({.node = kNode})) {
    Tally tally = lost.tally;
    tally.node_losses += 1;
    batch.push_back({.claim = lost.claim,
                     .transition = {State::available, Reason::node_lost, 0ms, tally},
                     .attempt = attempt_of(lost.claim.claim_no, Reason::node_lost, "silent for 60 s")});
  }
  EXPECT_EQ(t.store->release({.items = batch}).statuses, std::vector(3, FinishStatus::applied));
  EXPECT_EQ(t.complete(ids[0]), FinishStatus::already);  // the dead node comes back too late
  EXPECT_EQ(t.state(ids[0]), State::available);
  for (JobId const& id : ids) {
    EXPECT_EQ(ids_of(t.claim(10, {}, kOtherHolder, kOtherNode).jobs), std::vector{id});
    EXPECT_EQ(t.complete(id), FinishStatus::stale);
    EXPECT_EQ(t.complete(id, kOtherHolder), FinishStatus::applied);
  }
}

}  // namespace

Cases rescue_cases() {
  return {{"rescue", "declares_a_silent_node_dead", declares_a_silent_node_dead},
          {"rescue", "a_node_that_beat_meanwhile_lives", a_node_that_beat_meanwhile_lives},
          {"rescue", "of_an_unknown_node_is_nothing", of_an_unknown_node_is_nothing},
          {"rescue", "two_rescuers_may_both_go_on", two_rescuers_may_both_go_on},
          {"rescue", "leaves_the_jobs_to_the_caller", leaves_the_jobs_to_the_caller},
          {"rescue", "the_jobs_come_back", the_jobs_come_back}};
}

}  // namespace kue::testing
