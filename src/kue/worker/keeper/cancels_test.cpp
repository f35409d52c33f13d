#include "kue/worker/keeper/cancels.hpp"

#include "kue/worker/keeper/fixtures_test.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

using test::kNode;

// A live child that has claimed one job, which somebody has cancelled.
struct CancelsTest : test::StoreAndScoreboard {
  Slot& slot = live_slot();
  Delivery delivery = claim();

  CancelsTest() { store->cancel({.ids = std::span(&delivery.job.id, 1)}); }
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
