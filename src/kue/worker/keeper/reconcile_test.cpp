#include "kue/worker/keeper/reconcile.hpp"

#include "kue/worker/keeper/fixtures_test.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

using test::kHolder;
using test::kNode;

// A store and a scoreboard that may differ.
struct ReconcileTest : test::StoreAndScoreboard {
  Reconciler reconciler{kNode, Logger(stderr_sink(), LogLevel::off)};

  void look_after(Millis passed) {
    now += passed;
    reconciler.look(*store, board, now);
  }
};

TEST_F(ReconcileTest, a_row_of_a_holder_that_is_in_no_slot_goes_back_at_once) {
  Delivery const lost = claim();
  look_after(Millis(0));
  EXPECT_EQ(state(lost), State::available);
  EXPECT_EQ(store->get(lost.job.id)->tally, lost.tally) << "nobody is charged";
}

TEST_F(ReconcileTest, a_row_that_its_living_holder_does_not_know_goes_back_after_twice_the_time_of_a_call) {
  live_slot();
  Delivery const lost = claim();
  look_after(Millis(0));
  look_after(Millis(9'999));
  EXPECT_EQ(state(lost), State::running) << "the answer may still be on its way to the child";
  look_after(Millis(1));
  EXPECT_EQ(state(lost), State::available);
}

TEST_F(ReconcileTest, after_a_restart_of_the_store_that_is_the_reason_until_all_agree) {
  Delivery const first = claim();
  reconciler.store_restarted();
  look_after(Millis(0));
  ASSERT_EQ(store->get(first.job.id)->errors.size(), 1u);
  EXPECT_EQ(store->get(first.job.id)->errors[0].reason, Reason::store_restart);
  EXPECT_EQ(store->get(first.job.id)->tally, first.tally) << "nobody is charged";
  Delivery const later = claim_again();
  look_after(Millis(0));
  ASSERT_EQ(store->get(later.job.id)->errors.size(), 2u);
  EXPECT_EQ(store->get(later.job.id)->errors[1].reason, Reason::lost_call) << "all had agreed meanwhile";
}

TEST_F(ReconcileTest, the_reason_stays_while_a_living_holder_has_still_to_be_waited_for) {
  reconciler.store_restarted();
  live_slot();
  Delivery const lost = claim();
  look_after(Millis(0));
  look_after(Millis(5'000));
  EXPECT_EQ(state(lost), State::running);
  look_after(Millis(5'000));
  EXPECT_EQ(store->get(lost.job.id)->errors.at(0).reason, Reason::store_restart);
}

TEST_F(ReconcileTest, a_lost_call_is_on_record_with_its_claim) {
  Delivery const lost = claim();
  look_after(Millis(0));
  auto const errors = store->get(lost.job.id)->errors;
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].reason, Reason::lost_call);
  EXPECT_EQ(errors[0].claim_no, lost.claim.claim_no);
}

TEST_F(ReconcileTest, a_row_with_its_entry_stays_however_long_it_runs) {
  Slot& slot = live_slot();
  Delivery const held = claim();
  slot.hold(held, now);
  for (int i = 0; i < 4; ++i) look_after(Millis(60'000));
  EXPECT_EQ(state(held), State::running);
  EXPECT_EQ(slot.stop.load(), 0u);
}

TEST_F(ReconcileTest, a_row_of_a_dead_slot_is_left_to_its_burial) {
  Slot& slot = live_slot();
  Delivery const of_the_dead = claim();
  slot.change(SlotState::live, SlotState::dead);
  for (int i = 0; i < 3; ++i) look_after(Millis(60'000));
  EXPECT_EQ(state(of_the_dead), State::running);
}

TEST_F(ReconcileTest, a_child_that_runs_what_is_not_ours_is_asked_to_stop_at_the_second_look) {
  Slot& slot = live_slot();
  Delivery const taken_away = claim();
  slot.start(slot.hold(taken_away, now), TimePoint(Millis(1)), now, Millis(0), std::nullopt);
  Finish away{.claim = taken_away.claim, .transition = {State::available, Reason::node_lost, Millis(0), {}}};
  store->release({.items = std::span(&away, 1)});
  look_after(Millis(10'000));
  EXPECT_EQ(slot.stop.load(), 0u);
  look_after(Millis(10'000));
  EXPECT_EQ(slot.stop.load(), 1u);
}

}  // namespace
}  // namespace kue::worker
