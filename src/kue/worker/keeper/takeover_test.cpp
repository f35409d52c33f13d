#include "kue/worker/keeper/takeover.hpp"

#include "kue/worker/keeper/fixtures_test.hpp"

#include <kue/error.hpp>

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

using test::kHolder;
using test::kNode;

struct TakeoverTest : test::StoreAndScoreboard {
  Slot& slot = live_slot();
  Takeover takeover;

  OwnEntry run(Delivery const& delivery, Outcome const& outcome = completed()) {
    OwnEntry const entry = slot.hold(delivery, now);
    slot.start(entry, TimePoint(Millis(5)), now, Millis(0), std::nullopt);
    slot.record(entry, outcome, now);
    return entry;
  }
  std::size_t look_after(Millis passed) {
    now += passed;
    return takeover.look(*store, kNode, board, now).size();
  }
};

TEST_F(TakeoverTest, what_is_held_for_100_ms_goes_back_uncounted) {
  Delivery const held = claim();
  OwnEntry const entry = slot.hold(held, now);
  EXPECT_EQ(look_after(Millis(99)), 0u);
  EXPECT_TRUE(takeover.waiting());
  EXPECT_EQ(state(held), State::running);
  EXPECT_EQ(look_after(Millis(1)), 1u);
  EXPECT_EQ(state(held), State::available);
  EXPECT_EQ(store->get(held.job.id)->tally, held.tally);
  EXPECT_EQ(slot.word(entry).state, EntryState::free);
  EXPECT_FALSE(slot.start(entry, TimePoint(), now, Millis(0), std::nullopt)) << "the child finds it gone";
  look_after(Millis(1));
  EXPECT_FALSE(takeover.waiting());
}

TEST_F(TakeoverTest, a_held_job_that_was_cancelled_is_known_to_be_so) {
  Delivery const held = claim();
  slot.hold(held, now);
  store->cancel({.ids = std::span(&held.job.id, 1)});
  now += Takeover::kHeldTooLong;
  auto const taken = takeover.look(*store, kNode, board, now);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].released.status, FinishStatus::cancelled);
  EXPECT_EQ(taken[0].released.transition.to, State::cancelled);
  EXPECT_EQ(state(held), State::cancelled);
}

TEST_F(TakeoverTest, what_has_ended_20_ms_ago_is_written_with_its_result) {
  Delivery const ended = claim();
  OwnEntry const entry = run(ended, {.kind = Outcome::Kind::completed, .result = "42"});
  EXPECT_EQ(look_after(Millis(19)), 0u);
  EXPECT_EQ(look_after(Millis(1)), 1u);
  EXPECT_EQ(state(ended), State::completed);
  EXPECT_EQ(store->get(ended.job.id)->result, "42");
  EXPECT_EQ(slot.word(entry).state, EntryState::free);
}

TEST_F(TakeoverTest, lines_of_the_log_that_wait_20_ms_are_written) {
  ASSERT_TRUE(slot.lines.add("a line of a run that turned out to be long\n", now));
  look_after(Millis(19));
  EXPECT_TRUE(slot.lines.any());
  EXPECT_TRUE(takeover.waiting());
  look_after(Millis(1));
  EXPECT_FALSE(slot.lines.any());
  look_after(Millis(20));
  EXPECT_FALSE(takeover.waiting());
}

TEST_F(TakeoverTest, a_running_job_is_left_alone_however_long_it_runs) {
  Delivery const running = claim();
  OwnEntry const entry = slot.hold(running, now);
  slot.start(entry, TimePoint(), now, Millis(0), std::nullopt);
  EXPECT_EQ(look_after(Millis(60'000)), 0u);
  EXPECT_FALSE(takeover.waiting()) << "a child with one job and nothing behind it needs no watching";
  EXPECT_EQ(slot.watched.load(), 0u);
}

TEST_F(TakeoverTest, an_entry_that_a_killed_keeper_had_taken_is_brought_to_its_end) {
  Delivery const held = claim(), ended = claim();
  OwnEntry const held_entry = slot.hold(held, now), ended_entry = run(ended);
  ASSERT_TRUE(slot.change(held_entry, slot.word(held_entry), EntryState::taken_held));
  ASSERT_TRUE(slot.change(ended_entry, slot.word(ended_entry), EntryState::taken_done));
  EXPECT_FALSE(slot.clear(ended_entry)) << "it is no longer the child's to free";
  Takeover next;
  EXPECT_EQ(next.look(*store, kNode, board, now).size(), 2u);
  EXPECT_EQ(state(held), State::available);
  EXPECT_EQ(state(ended), State::completed);
}

// The first keeper's write had reached the store, its answer had not, and the child has the job again.
TEST_F(TakeoverTest, a_second_return_of_an_earlier_claim_leaves_the_later_one_alone) {
  Delivery const held = claim();
  OwnEntry const entry = slot.hold(held, now);
  ASSERT_TRUE(slot.change(entry, slot.word(entry), EntryState::taken_held));
  Finish const gone{.claim = held.claim, .transition = {State::available, Reason::returned, Millis(0), held.tally}};
  store->release({.items = std::span(&gone, 1)});
  Delivery const again = claim_again();
  ASSERT_EQ(again.job.id, held.job.id);
  auto const taken = takeover.look(*store, kNode, board, now);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].released.status, FinishStatus::stale);
  EXPECT_EQ(state(again), State::running);
  EXPECT_EQ(slot.word(entry).state, EntryState::free);
}

TEST_F(TakeoverTest, a_store_that_fails_leaves_the_entry_taken_for_the_next_look) {
  struct Failing final : Store {
    PushResult push(PushRequest const&) override { return {}; }
    ClaimResult claim(ClaimRequest const&) override { return {}; }
    FinishResult finish(FinishRequest const&) override { throw Error(ErrorKind::unavailable, "not now"); }
    ReleaseResult release(ReleaseRequest const&) override { throw Error(ErrorKind::unavailable, "not now"); }
    void progress(ProgressRequest const&) override {}
    CancelResult cancel(CancelRequest const&) override { return {}; }
    RetryResult retry(RetryRequest const&) override { return {}; }
    RemoveResult remove(RemoveRequest const&) override { return {}; }
    void pause(PauseRequest const&) override {}
    void resume(PauseRequest const&) override {}
    BeatResult beat(BeatRequest const&) override { return {}; }
    std::vector<NodeInfo> nodes() override { return {}; }
    RescueResult rescue(RescueRequest const&) override { return {}; }
    std::vector<RunningJob> running(RunningRequest const&) override { return {}; }
    std::optional<JobRecord> get(JobId) override { return std::nullopt; }
    QueryResult query(QueryRequest const&) override { return {}; }
    HeadResult head(HeadRequest const&) override { return {}; }
    std::vector<QueueCounts> counts() override { return {}; }
    PruneResult prune(PruneRequest const&) override { return {}; }
    CheckReport check() override { return {}; }
    EventsResult events(EventsRequest const&) override { return {}; }
    WaitResult wait(WaitRequest const&) override { return {}; }
    void interrupt() noexcept override {}
    void wake(std::span<std::string const>) noexcept override {}
    StoreSchema schema() override { return {}; }
    void migrate() override {}
    StoreCapabilities capabilities() const override { return {}; }
    std::string description() const override { return "failing"; }
  } failing;
  Delivery const ended = claim();
  OwnEntry const entry = run(ended);
  now += Millis(30);
  EXPECT_THROW(takeover.look(failing, kNode, board, now), Error);
  EXPECT_EQ(slot.word(entry).state, EntryState::taken_done);
  EXPECT_EQ(look_after(Millis(0)), 1u);
  EXPECT_EQ(state(ended), State::completed);
}

TEST_F(TakeoverTest, the_flag_that_we_watch_falls_only_when_nothing_waits) {
  Delivery const held = claim();
  OwnEntry const entry = slot.hold(held, now);
  look_after(Millis(1));
  EXPECT_EQ(slot.watched.load(), 1u);
  slot.start(entry, TimePoint(), now, Millis(0), std::nullopt);
  look_after(Millis(1));
  EXPECT_EQ(slot.watched.load(), 0u);
}

}  // namespace
}  // namespace kue::worker
