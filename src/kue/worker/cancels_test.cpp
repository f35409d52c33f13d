#include "kue/worker/cancels.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

constexpr std::uint64_t kNode = 11, kHolder = 22;

// A store, and a live child that has claimed one job.
struct CancelsTest : ::testing::Test {
  std::shared_ptr<Store> store = open_store("memory:");
  Scoreboard board{1};
  Slot& slot = board.slot(board.take_free_slot(Role::child));
  SteadyPoint now{Millis(1'000'000)};
  Delivery delivery;

  CancelsTest() {
    store->beat({.node = kNode, .name = "here", .pid = 1});
    slot.holder = kHolder;
    slot.change(SlotState::starting, SlotState::live);
    Envelope job;
    job.id = JobId::make();
    job.kind = "Some";
    store->push({.jobs = std::span(&job, 1)});
    Claimed const claimed = store->claim({.node = kNode, .holder = kHolder}).jobs.at(0);
    delivery = {.job = claimed.job, .holder = kHolder, .claim_no = claimed.claim_no, .tally = claimed.tally};
    store->cancel({.ids = std::span(&job.id, 1)});
  }
  int pass_on() { return pass_on_cancels(*store, kNode, board, now, Logger(stderr_sink(), LogLevel::off)); }
};

TEST_F(CancelsTest, a_running_job_is_asked_once) {
  OwnEntry const entry = slot.hold(delivery, now);
  slot.start(entry, TimePoint(Millis(5)), now, Millis(0), std::nullopt);
  EXPECT_EQ(pass_on(), 1);
  EXPECT_TRUE(slot.cancel_asked_at(entry, slot.word(entry)).has_value());
  EXPECT_EQ(pass_on(), 0);
}

TEST_F(CancelsTest, a_job_that_waits_in_a_child_is_taken_from_it) {
  OwnEntry const entry = slot.hold(delivery, now);
  EXPECT_EQ(pass_on(), 1);
  EXPECT_EQ(slot.word(entry).state, EntryState::taken_held);
}

TEST_F(CancelsTest, nobody_is_asked_while_the_child_has_no_note_of_it) {
  EXPECT_EQ(pass_on(), 0);
  OwnEntry const entry = slot.hold(delivery, now);  // noted now: the next look finds it
  EXPECT_EQ(pass_on(), 1);
  EXPECT_EQ(slot.word(entry).state, EntryState::taken_held);
}

}  // namespace
}  // namespace kue::worker
