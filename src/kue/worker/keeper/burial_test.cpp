#include "kue/worker/keeper/burial.hpp"

#include "kue/worker/keeper/fixtures_test.hpp"

#include <kue/worker.hpp>

#include <gmock/gmock.h>

#include <csignal>

namespace kue::worker {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

struct Lines final : LogSink {
  void write(LogLine const& line) override { all.emplace_back(line.text); }
  std::vector<std::string> all;
};

// A child that dies with a job, and what the keeper says of it. Every line is compared with what the store says.
struct BurialTest : test::StoreAndScoreboard {
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
  Registry registry;
  SequentialWorker worker{registry, {.log = Logger(lines, LogLevel::debug)}};
  WorkerParts parts;
  std::vector<WorkerEvent> told;
  Post post{.worker = worker,
            .parts = parts,
            .board = board,
            .node = test::kNode,
            .lock = {},
            .emit = [this](EventInfo const& info) { told.push_back(info.event); },
            .wants = [](WorkerEvent) { return true; },
            .set_holder = {}};
  Slot& slot = live_slot();
  OomCounter oom;

  OwnEntry run(Delivery const& delivery) {
    OwnEntry const entry = slot.hold(delivery, now);
    slot.start(entry, TimePoint(Millis(5)), now, Millis(0), std::nullopt);
    return entry;
  }
  void cancel(Delivery const& delivery) { store->cancel({.ids = std::span(&delivery.job.id, 1)}); }
  void die(int wait_status) {
    slot.wait_status = wait_status;
    slot.change(SlotState::live, SlotState::dead);
    Teller teller(post, store.get());
    EXPECT_TRUE(bury_dead(post, store.get(), teller, oom));
    teller.finish(Millis(10'000));
    EXPECT_EQ(slot.state_now(), SlotState::free);
  }
};

TEST_F(BurialTest, a_crash_is_told_with_its_signal_once) {
  Delivery const job = claim();
  run(job);
  die(SIGSEGV);
  EXPECT_EQ(lines->all, std::vector{"child 0 died by signal 11 (Segmentation fault) while running job=Some#" +
                                    job.job.id.str() + "; it is available again (crash 1 of 3)"});
  EXPECT_EQ(state(job), State::available);
  EXPECT_EQ(told, std::vector{WorkerEvent::crash});
}

TEST_F(BurialTest, a_cancelled_job_is_not_told_to_be_available) {
  Delivery const running = claim(), held = claim();
  run(running);
  slot.hold(held, now);
  cancel(running);
  cancel(held);
  die(SIGSEGV);
  EXPECT_EQ(state(running), State::cancelled);
  EXPECT_EQ(state(held), State::cancelled);
  EXPECT_THAT(lines->all, Each(Not(HasSubstr("available"))));
  EXPECT_THAT(lines->all, Contains(AllOf(HasSubstr("died by signal 11"), HasSubstr(running.job.id.str()),
                                         HasSubstr("; it is cancelled"))));
  EXPECT_THAT(lines->all, Contains("child 0 held a job that it had not started; cancelled, as somebody had asked"));
}

TEST_F(BurialTest, what_was_not_started_is_counted_by_where_it_went) {
  Delivery const first = claim(), second = claim(), cancelled = claim();
  for (Delivery const& delivery : {first, second, cancelled}) slot.hold(delivery, now);
  cancel(cancelled);
  die(0);
  EXPECT_THAT(lines->all, Contains("child 0 held 2 jobs that it had not started; available again, and not charged"));
  EXPECT_THAT(lines->all, Contains("child 0 held a job that it had not started; cancelled, as somebody had asked"));
  EXPECT_TRUE(told.empty());
}

TEST_F(BurialTest, an_end_that_the_child_did_not_come_to_write_is_told_as_the_store_has_it) {
  Delivery const done = claim(), failed = claim(), cancelled = claim();
  slot.record(run(done), completed(), now);
  for (Delivery const& delivery : {failed, cancelled})
    slot.record(run(delivery), {.kind = Outcome::Kind::failed, .delay = Millis(7000), .failure = {.message = "busy"}},
                now);
  cancel(cancelled);
  die(SIGKILL);
  auto const line = [](Delivery const& delivery, std::string const& end) {
    return Contains("child 0 ended with signal 9 (Killed) after job=Some#" + delivery.job.id.str() + end);
  };
  EXPECT_THAT(lines->all, line(done, "; it is completed"));
  EXPECT_THAT(lines->all, line(failed, " (failed); it runs again in 7 s"));
  EXPECT_THAT(lines->all, line(cancelled, " (failed); it is cancelled"));
  EXPECT_THAT(told, testing::UnorderedElementsAre(WorkerEvent::success, WorkerEvent::retry));
}

}  // namespace
}  // namespace kue::worker
