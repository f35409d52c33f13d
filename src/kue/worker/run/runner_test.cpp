#include "kue/worker/run/runner.hpp"

#include "kue/base/seconds.hpp"

#include <gtest/gtest.h>

#include <set>

namespace kue::worker {
namespace {

struct NoServices final : Services {
  void* find(std::type_info const&) override { return nullptr; }
  bool has(std::type_info const&) override { return false; }
};

struct Lines final : LogSink {
  void write(LogLine const& line) override {
    all.push_back(std::string(line.job.text()) + " " + std::string(line.text));
  }
  std::vector<std::string> all;
};

// One job of a kind that completes, and what is told of it.
struct RunnerTest : ::testing::Test {
  Registry registry;
  NoServices services;
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
  std::vector<EventInfo> told;
  std::set<WorkerEvent> wanted;
  FutexWord bell{0};
  StopWatch watch{
      bell, {.stop_asked = [] { return false; }, .on_stop = [] {}, .trusted_until = [] { return SteadyPoint::max(); }}};
  Delivery delivery{.job = {.id = JobId::make(), .kind = "Some", .queue = "mail"}, .attempt = 3};
  Transition const completed_now{.to = State::completed, .reason = Reason::completed, .delay = Millis(0), .tally = {}};

  RunnerTest() {
    JobType type;
    type.kind = "Some";
    type.run = [](std::string_view, Context&, Services&) { return completed(); };
    type.check = [](std::string_view) {};
    type.backoff = [](std::string_view, std::uint32_t) { return std::optional<Millis>(); };
    type.failed = [](std::string_view, Failure const&, Context&, Services&) {};
    registry.add(type);
  }

  void run_and_tell(Runner::Wants wants) {
    Runner runner(
        registry, services, Logger(lines), [this](EventInfo const& info) { told.push_back(info); }, {},
        std::move(wants));
    watch.begin(std::nullopt);
    RunReport const report = runner.run(delivery, TimePoint(Millis(5)), watch);
    watch.end();
    runner.tell(delivery, report, completed_now, true);
  }
};

TEST_F(RunnerTest, an_event_that_nobody_listens_to_is_not_told) {
  run_and_tell([this](WorkerEvent event) { return wanted.contains(event); });
  EXPECT_TRUE(told.empty());
}

TEST_F(RunnerTest, an_event_that_somebody_listens_to_says_all_of_its_job) {
  wanted = {WorkerEvent::success};
  run_and_tell([this](WorkerEvent event) { return wanted.contains(event); });
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].event, WorkerEvent::success);
  EXPECT_EQ(told[0].job, delivery.job.id);
  EXPECT_EQ(told[0].kind, "Some");
  EXPECT_EQ(told[0].queue, "mail");
  EXPECT_EQ(told[0].attempt, 3u);
  EXPECT_NE(told[0].pid, 0);
}

TEST_F(RunnerTest, without_a_word_about_listeners_all_are_told) {
  run_and_tell({});
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].event, WorkerEvent::init);
  EXPECT_EQ(told[1].event, WorkerEvent::success);
}

TEST_F(RunnerTest, both_lines_name_the_job) {
  run_and_tell({});
  std::string const mark = "Some#" + delivery.job.id.str() + " attempt=3 ";
  ASSERT_EQ(lines->all.size(), 2u);
  EXPECT_EQ(lines->all[0], mark + "accepted from queue mail");
  EXPECT_EQ(lines->all[1].substr(0, mark.size() + 13), mark + "completed in ");
}

TEST(EventsAfter, a_failed_run_tells_of_the_run_and_of_the_job) {
  Transition const again{.to = State::retryable, .reason = Reason::error, .delay = Millis(5), .tally = {}};
  Transition const over{.to = State::discarded, .reason = Reason::exhausted, .delay = Millis(0), .tally = {}};
  using Two = std::array<std::optional<WorkerEvent>, 2>;
  EXPECT_EQ(events_after(Outcome::Kind::failed, again, true), (Two{WorkerEvent::exception, WorkerEvent::retry}));
  EXPECT_EQ(events_after(Outcome::Kind::timed_out, over, true), (Two{WorkerEvent::exception, WorkerEvent::discard}));
  EXPECT_EQ(events_after(Outcome::Kind::failed, again, false), (Two{WorkerEvent::exception, std::nullopt}));
  EXPECT_EQ(events_after(Outcome::Kind::interrupted, {}, true)[0], WorkerEvent::interrupted);
}

TEST(Seconds, text_has_three_digits_after_the_point) {
  EXPECT_EQ(seconds_text(Millis(0)), "0.000");
  EXPECT_EQ(seconds_text(Millis(7)), "0.007");
  EXPECT_EQ(seconds_text(Millis(999)), "0.999");
  EXPECT_EQ(seconds_text(Millis(61'020)), "61.020");
}

TEST_F(RunnerTest, a_note_of_progress_is_cut_and_made_safe) {
  std::vector<Progress> written;
  ProgressSink const sink = [&](Delivery const&, Progress const& progress) { written.push_back(progress); };
  RunContext context(delivery, TimePoint(Millis(5)), nullptr, Logger(lines), &sink);
  context.progress(50, "\xFF" + std::string(100'000, 'n'));
  ASSERT_EQ(written.size(), 1u);
  EXPECT_LE(written[0].note.size(), limits::kMaxHeadTextBytes);
  EXPECT_TRUE(written[0].note.starts_with("\xEF\xBF\xBDnnn")) << written[0].note;
}

}  // namespace
}  // namespace kue::worker
