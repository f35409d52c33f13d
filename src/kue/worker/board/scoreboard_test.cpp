#include "kue/worker/board/scoreboard.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace kue::worker {
namespace {

Delivery delivery(std::uint32_t claim_no = 7) {
  Delivery one;
  one.job.id = JobId::make();
  one.job.kind = "shop::SendInvoice";
  one.job.queue = "billing";
  one.claim = {
      .id = one.job.id, .seq = 71, .queue = one.job.queue, .lane = 5, .kind = 6, .holder = 8, .claim_no = claim_no};
  one.attempt = 3;
  one.tally = {.attempt = 2,
               .max_attempts = 9,
               .crashes = 1,
               .node_losses = 4,
               .interruptions = 5,
               .unknown_since = TimePoint(Millis(123))};
  one.claimed_at = TimePoint(Millis(1000));
  return one;
}

struct ScoreboardTest : ::testing::Test {
  Scoreboard board{2};
  Slot& slot = board.slot(0);
  static constexpr TimePoint kNow{Millis(5000)};
  static constexpr SteadyPoint kSteady{Millis(600)};
  bool start(OwnEntry entry) { return slot.start(entry, kNow, kSteady, Millis(50), SteadyPoint(Millis(700))); }
};

TEST_F(ScoreboardTest, has_two_slots_a_child_and_two_more) {
  EXPECT_EQ(board.slots(), 6);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(board.take_free_slot(Role::child), i);
  EXPECT_EQ(board.take_free_slot(Role::child), -1);
}

// The keeper gives back what a child has held for long, while that child still waits for entries for the rest of its
// batch.
TEST_F(ScoreboardTest, an_entry_that_holds_another_job_by_now_is_not_taken_for_the_first) {
  OwnEntry const first = slot.hold(delivery(), kSteady);
  ASSERT_TRUE(slot.change(first, slot.word(first), EntryState::taken_held));
  ASSERT_TRUE(slot.change(first, slot.word(first), EntryState::free));
  EXPECT_FALSE(slot.clear(first)) << "the keeper was quicker, and has told";
  OwnEntry const second = slot.hold(delivery(), kSteady);
  ASSERT_EQ(second.index, first.index);
  EXPECT_FALSE(start(first));
  EXPECT_EQ(slot.word(second).state, EntryState::held);
  EXPECT_FALSE(slot.clear(first));
  EXPECT_TRUE(start(second));
  EXPECT_FALSE(slot.record(first, completed(), kSteady));
  EXPECT_TRUE(slot.record(second, completed(), kSteady));
  EXPECT_TRUE(slot.clear(second));
  EXPECT_FALSE(slot.clear(second)) << "told once";
}

TEST_F(ScoreboardTest, an_entry_says_what_its_state_promises) {
  Delivery const job = delivery();
  OwnEntry const entry = slot.hold(job, kSteady);
  ASSERT_EQ(entry, 0);
  auto held = slot.read(entry);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->claim.id, job.job.id);
  EXPECT_EQ(held->kind, "shop::SendInvoice");
  Claim expected = job.claim;
  expected.holder = 0;  // the slot's
  EXPECT_EQ(held->claim, expected);
  EXPECT_EQ(held->tally, job.tally);
  EXPECT_FALSE(held->started());

  ASSERT_TRUE(start(entry));
  auto running = slot.read(entry);
  ASSERT_TRUE(running && running->started());
  EXPECT_EQ(running->started_at, kNow);
  EXPECT_EQ(running->hard_limit, SteadyPoint(Millis(700)));
  EXPECT_FALSE(running->outcome);

  Outcome const outcome{.kind = Outcome::Kind::failed,
                        .delay = Millis(9),
                        .failure = {.type = "E", .message = "m", .backtrace = "b", .signal = 0},
                        .result = "{}"};
  ASSERT_TRUE(slot.record(entry, outcome, kSteady));
  auto done = slot.read(entry);
  ASSERT_TRUE(done && done->outcome);
  EXPECT_EQ(*done->outcome, outcome);
  EXPECT_FALSE(done->cut);
  slot.clear(entry);
  EXPECT_EQ(slot.word(entry).state, EntryState::free);
}

TEST_F(ScoreboardTest, carries_a_whole_batch) {
  for (int i = 0; i < limits::kMaxBatch; ++i) EXPECT_EQ(slot.hold(delivery(), kSteady), i);
  EXPECT_EQ(slot.hold(delivery(), kSteady), -1);
}

TEST_F(ScoreboardTest, looks_for_a_free_entry_from_where_it_is_told_and_all_round) {
  int const last = limits::kMaxBatch - 1;
  EXPECT_EQ(slot.hold(delivery(), kSteady, last), last);
  EXPECT_EQ(slot.hold(delivery(), kSteady, last), 0);
  EXPECT_EQ(slot.hold(delivery(), kSteady, last + 1), 1) << "behind the last is the first";
  EXPECT_EQ(slot.hold(delivery(), kSteady, 7), 7);
}

TEST_F(ScoreboardTest, a_condemned_job_can_write_no_outcome) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  start(entry);
  ASSERT_TRUE(slot.change(entry, slot.word(entry), EntryState::condemned));
  EXPECT_FALSE(slot.record(entry, completed(), kSteady));
  slot.clear(entry);
  EXPECT_EQ(slot.word(entry).state, EntryState::condemned);
}

TEST_F(ScoreboardTest, a_job_that_has_ended_cannot_be_condemned_nor_can_the_next_one_by_mistake) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  start(entry);
  EntryWord const seen = slot.word(entry);  // the master looked here
  slot.record(entry, completed(), kSteady);
  EXPECT_FALSE(slot.change(entry, seen, EntryState::condemned));
  slot.clear(entry);
  OwnEntry const next = slot.hold(delivery(), kSteady);
  ASSERT_EQ(next.index, entry.index);
  start(next);
  EXPECT_EQ(slot.word(entry).state, EntryState::running);
  EXPECT_FALSE(slot.change(entry, seen, EntryState::condemned)) << "another generation";
}

TEST_F(ScoreboardTest, a_taken_job_is_not_started) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  ASSERT_TRUE(slot.change(entry, slot.word(entry), EntryState::taken_held));
  EXPECT_FALSE(start(entry));
}

TEST_F(ScoreboardTest, a_run_is_asked_to_end_and_not_the_next_one_in_its_place) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  ASSERT_TRUE(start(entry));
  EntryWord const run = slot.word(entry);
  EXPECT_FALSE(slot.cancel_asked_at(entry, run));
  SteadyPoint const now{Millis(4711)};
  std::uint32_t const rung = slot.bell.load();
  EXPECT_TRUE(slot.ask_to_cancel(entry, run, now));
  EXPECT_NE(slot.bell.load(), rung);
  EXPECT_EQ(slot.cancel_asked_at(entry, run), now);
  EXPECT_FALSE(slot.ask_to_cancel(entry, run, now + Millis(1))) << "once is enough";
  EXPECT_EQ(slot.cancel_asked_at(entry, slot.word(entry)), now);
  slot.record(entry, {}, kSteady);
  slot.clear(entry);
  OwnEntry const next = slot.hold(delivery(), kSteady);
  ASSERT_EQ(next.index, entry.index);
  ASSERT_TRUE(start(next));
  EXPECT_FALSE(slot.cancel_asked_at(entry, slot.word(entry))) << "another generation";
  EXPECT_FALSE(slot.cancel_asked_at(entry + 1, slot.word(entry + 1))) << "an entry that was never used";
}

TEST_F(ScoreboardTest, a_stray_write_is_noticed) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  slot.bodies[entry].job.kind[3] ^= 1;
  EXPECT_FALSE(slot.read(entry));
}

TEST_F(ScoreboardTest, names_of_every_length_are_kept_whatever_stood_there_before) {
  for (std::size_t const size : {128u, 1u, 127u, 8u, 64u, 7u, 128u}) {
    Delivery job = delivery();
    job.job.kind = std::string(size, 'k');
    job.job.queue = job.claim.queue = std::string(129 - size, 'q');
    OwnEntry const entry = slot.hold(job, kSteady);
    ASSERT_EQ(entry, 0);
    auto const held = slot.read(entry);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->kind, job.job.kind);
    EXPECT_EQ(held->claim.queue, job.claim.queue);
    slot.bodies[entry].job.queue[128 - size] ^= 1;  // its last character
    EXPECT_FALSE(slot.read(entry));
    slot.clear(entry);
  }
}

TEST_F(ScoreboardTest, the_size_of_a_name_is_not_trusted) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  slot.bodies[entry].job.kind_size = 65'535;
  EXPECT_FALSE(slot.read(entry));
}

TEST_F(ScoreboardTest, a_torn_outcome_spoils_neither_job_nor_start) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  start(entry);
  slot.texts[entry].bytes[0] = 'x';  // killed in the middle of writing it: the word still says running
  auto const view = slot.read(entry);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->started());
}

TEST_F(ScoreboardTest, what_is_too_long_is_cut_and_says_so) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  start(entry);
  Outcome const outcome{
      .kind = Outcome::Kind::failed, .failure = {.type = "E", .message = std::string(5000, 'm')}, .result = "[1]"};
  EXPECT_FALSE(fits(outcome));
  slot.record(entry, outcome, kSteady);
  auto const view = slot.read(entry);
  ASSERT_TRUE(view && view->outcome);
  EXPECT_TRUE(view->cut);
  EXPECT_EQ(view->outcome->failure.message.size(), kEntryTextBytes - 1);
  EXPECT_EQ(view->outcome->result, "") << "half a result is none";
}

TEST_F(ScoreboardTest, a_result_that_is_too_long_leaves_a_note) {
  OwnEntry const entry = slot.hold(delivery(), kSteady);
  start(entry);
  slot.record(entry, {.result = '"' + std::string(5000, 'r') + '"'}, kSteady);
  auto const view = slot.read(entry);
  ASSERT_TRUE(view && view->outcome);
  EXPECT_TRUE(view->cut);
  EXPECT_EQ(view->outcome->kind, Outcome::Kind::completed);
  EXPECT_TRUE(view->outcome->result.starts_with(R"({"result_not_kept":")")) << view->outcome->result;
}

TEST_F(ScoreboardTest, only_entries_that_are_in_use_are_visited) {
  OwnEntry const first = slot.hold(delivery(), kSteady), second = slot.hold(delivery(), kSteady);
  start(first);
  slot.clear(first);
  std::vector<int> seen;
  slot.for_each_entry([&](int index, EntryWord word) {
    EXPECT_EQ(word.state, EntryState::held);
    seen.push_back(index);
  });
  EXPECT_EQ(seen, std::vector<int>{second.index});
  EXPECT_TRUE(slot.any_entry([](int, EntryWord word) { return word.state == EntryState::held; }));
  EXPECT_FALSE(slot.any_entry([](int, EntryWord word) { return word.state == EntryState::running; }));
}

TEST_F(ScoreboardTest, a_killed_process_leaves_everything_it_wrote) {
  Delivery const job = delivery();
  pid_t const child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    board.keep_only(0);
    start(slot.hold(job, kSteady));
    ::kill(::getpid(), SIGKILL);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  auto const view = slot.read(0);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->claim.id, job.job.id);
  EXPECT_EQ(view->word.state, EntryState::running);
}

TEST_F(ScoreboardTest, a_child_can_write_neither_the_header_nor_another_slot) {
  auto const dies_by = [&](auto&& write) {
    pid_t const child = ::fork();
    if (child == 0) {
      ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make a report of it
      board.keep_only(0);
      write();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  };
  EXPECT_EQ(dies_by([&] { board.header().stop = 1; }), SIGSEGV);
  EXPECT_EQ(dies_by([&] { board.slot(1).pid = 1; }), SIGSEGV);
  EXPECT_EQ(dies_by([&] { board.slot(0).pid = 1; }), 0);
}

TEST_F(ScoreboardTest, a_reader_sees_a_whole_entry_or_none_while_it_changes) {
  // Two processes, so that it is the real thing: one writes thousands of entries, one reads. On a busy machine the
  // reader may not come to run for a while, so the writer goes on until it has.
  pid_t const child = ::fork();
  if (child == 0) {
    for (std::uint32_t i = 0; i < 20000 || (slot.stop == 0 && i < 5'000'000); ++i) {
      Delivery job = delivery(i);
      job.attempt = i;
      OwnEntry const entry = slot.hold(job, kSteady);
      start(entry);
      slot.record(entry, {.kind = Outcome::Kind::completed, .result = std::to_string(i)}, kSteady);
      slot.clear(entry);
    }
    ::_exit(0);
  }
  int whole = 0;
  while (::waitpid(child, nullptr, WNOHANG) == 0) {
    auto const view = slot.read(0);
    if (!view || view->word.state == EntryState::free) continue;
    if (++whole == 10) slot.stop = 1;
    ASSERT_EQ(view->claim.claim_no, view->attempt);
    if (view->outcome) {
      ASSERT_EQ(view->outcome->result, std::to_string(view->claim.claim_no));
    }
  }
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace kue::worker
