#include "kue/worker/node/rescue.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

constexpr std::uint64_t kOwn = 1, kOther = 2, kHolder = 33;

struct Lines final : LogSink {
  void write(LogLine const& line) override { all.emplace_back(line.text); }
  std::vector<std::string> all;
};

struct RescueTest : ::testing::Test {
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
  std::shared_ptr<Store> store = open_store("memory:");
  Rescuer rescuer{kOwn, Millis(60'000), Logger(lines)};
  SteadyPoint now{Millis(1'000'000)};
  JobId job = JobId::make();

  RescueTest() {
    beat(kOwn);
    beat(kOther);
    Envelope envelope;
    envelope.id = job;
    envelope.kind = "Some";
    store->push({.jobs = std::span(&envelope, 1)});
    store->claim({.node = kOther, .holder = kHolder});
  }
  bool beat(std::uint64_t node) { return store->beat({.node = node, .name = "host", .pid = 7}).alive; }
  void round_after(Millis passed, bool own_beats = true) {
    now += passed;
    rescuer.round(*store, own_beats, now);
  }
  State state() { return store->get(job)->state; }
};

TEST_F(RescueTest, a_node_that_is_silent_for_a_minute_of_our_clock_is_dead) {
  round_after(Millis(0));
  round_after(Millis(59'999));
  EXPECT_EQ(state(), State::running);
  round_after(Millis(1));
  EXPECT_EQ(state(), State::available);
  EXPECT_EQ(store->get(job)->tally.node_losses, 1u);
  EXPECT_EQ(store->get(job)->errors.at(0).reason, Reason::node_lost);
  EXPECT_EQ(lines->all, std::vector<std::string>{"the worker on host (pid 7) died; its jobs now: 1 available"});
  EXPECT_FALSE(beat(kOther)) << "it must start over";
}

TEST_F(RescueTest, a_job_of_a_dead_node_that_was_cancelled_is_told_as_cancelled) {
  store->cancel({.ids = std::span(&job, 1)});
  round_after(Millis(0));
  round_after(Millis(60'000));
  EXPECT_EQ(state(), State::cancelled);
  EXPECT_EQ(lines->all, std::vector<std::string>{"the worker on host (pid 7) died; its jobs now: 1 cancelled"});
}

TEST_F(RescueTest, each_beat_begins_the_minute_again) {
  for (int i = 0; i < 5; ++i) {
    round_after(Millis(50'000));
    beat(kOther);
  }
  EXPECT_EQ(state(), State::running);
}

TEST_F(RescueTest, while_our_own_beats_fail_the_silence_of_others_says_nothing) {
  round_after(Millis(0));
  round_after(Millis(60'000), false);
  EXPECT_EQ(state(), State::running);
  round_after(Millis(59'999));
  EXPECT_EQ(state(), State::running);
  round_after(Millis(1));
  EXPECT_EQ(state(), State::available);
}

TEST_F(RescueTest, what_a_rescuer_that_died_left_undone_is_finished) {
  std::uint64_t seen = 0;
  for (NodeInfo const& node : store->nodes()) seen = node.node == kOther ? node.beat : seen;
  ASSERT_TRUE(store->rescue({.node = kOther, .beat_seen = seen}).dead);
  round_after(Millis(0));
  EXPECT_EQ(state(), State::available);
}

TEST_F(RescueTest, never_rescues_its_own_node) {
  for (int i = 0; i < 3; ++i) round_after(Millis(100'000));
  EXPECT_TRUE(beat(kOwn));
}

}  // namespace
}  // namespace kue::worker
