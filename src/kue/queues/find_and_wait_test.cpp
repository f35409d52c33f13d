// queue.find(id), queue.wait(id, time): what a program that pushed a job learns of it.
#include <kue/array_queue.hpp>
#include <kue/buffered_queue.hpp>
#include <kue/error.hpp>
#include <kue/open_queue.hpp>

#include "kue/core/result_note.hpp"
#include "kue/queues/fixtures_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::Greet;
using ::testing::HasSubstr;

constexpr Millis kPatience = 60s;  // for events that come at once on an idle machine

class FindAndWait : public ::testing::Test {
 protected:
  Delivery popped() {
    std::optional<Delivery> delivery = queue.pop(kPatience);
    if (!delivery) throw std::runtime_error("no job came");
    return *delivery;
  }
  StoreQueue queue{open_store("memory:")};
};

TEST_F(FindAndWait, tells_state_attempt_progress_and_result) {
  JobId const id = queue.push(Greet("Ada"), {.max_attempts = 3});
  auto job = queue.find(id);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->id, id);
  EXPECT_EQ(job->kind, "Greet");
  EXPECT_EQ(job->queue, "default");
  EXPECT_EQ(job->state, State::available);
  EXPECT_EQ(job->attempt, 0U);
  EXPECT_EQ(job->max_attempts, 3U);
  EXPECT_FALSE(job->final() || job->progress || job->started_at || job->finished_at);
  EXPECT_EQ(job->result_as<int>(), std::nullopt);

  Delivery const delivery = popped();
  std::vector<ProgressItem> const half{{.claim = delivery.claim, .progress = {.percent = 50, .note = "halfway"}}};
  queue.store().progress({.items = half});
  job = queue.find(id);
  EXPECT_EQ(job->state, State::running);
  EXPECT_EQ(job->attempt, 1U) << "the run in progress counts, as in the log";
  EXPECT_EQ(job->progress, (Progress{50, "halfway"}));
  EXPECT_TRUE(job->started_at) << "since when this run goes";

  queue.finish(delivery, {.result = "42"});
  job = queue.find(id);
  EXPECT_EQ(job->state, State::completed);
  EXPECT_EQ(job->attempt, 1U);
  EXPECT_EQ(job->result_as<int>(), 42);
  EXPECT_THROW((void)job->result_as<std::string>(), Error);
  EXPECT_TRUE(job->final() && job->finished_at);
}

TEST_F(FindAndWait, tells_why_runs_failed_with_the_whole_message) {
  JobId const id = queue.push(Greet("Ada"), {.max_attempts = 2});
  std::string const why = "the gateway answers " + std::string(2000, '5');
  for (int run = 0; run < 2; ++run) {
    queue.finish(popped(), {.kind = Outcome::Kind::failed, .delay = 0ms, .failure = {.type = "T", .message = why}});
  }
  auto const job = queue.find(id);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, State::discarded);
  EXPECT_EQ(job->attempt, 2U);
  ASSERT_EQ(job->errors.size(), 2U);
  EXPECT_EQ(job->errors[1].failure.message, why);
  EXPECT_EQ(job->errors[1].attempt, 2U);
}

TEST_F(FindAndWait, knows_nothing_of_a_job_that_was_not_pushed) {
  EXPECT_FALSE(queue.find(JobId::make()));
  auto const start = std::chrono::steady_clock::now();
  EXPECT_FALSE(queue.wait(JobId::make(), 30ms));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms) << "it may still come";
}

TEST_F(FindAndWait, returns_once_the_job_is_final) {
  JobId const id = queue.push(Greet("Ada"));
  std::jthread const worker([&] { queue.finish(popped(), {.result = R"("done")"}); });
  auto const job = queue.wait(id, kPatience);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, State::completed);
  EXPECT_EQ(job->result_as<std::string>(), "done");
}

TEST_F(FindAndWait, returns_when_the_time_is_over_with_what_is_known) {
  JobId const id = queue.push(Greet("Ada"));
  auto const start = std::chrono::steady_clock::now();
  auto const job = queue.wait(id, 30ms);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, State::available);
  EXPECT_EQ(queue.wait(id, 0ms)->state, State::available);
}

TEST_F(FindAndWait, says_why_a_result_was_not_kept_and_hands_out_none) {
  JobId const id = queue.push(Greet("Ada"));
  queue.finish(popped(), {.result = core::result_note_too_long(70'000)});
  auto const job = queue.find(id);
  EXPECT_EQ(job->result_as<std::string>(), std::nullopt);
  EXPECT_THAT(job->result_note, HasSubstr("70000 bytes as JSON"));

  JobId const other = queue.push(Greet("Ada"));
  queue.finish(popped(), {.result = R"({"result_not_kept":"mine","of":"the job"})"});
  EXPECT_EQ(queue.find(other)->result_note, "") << "a result of the job's own";
  EXPECT_NE(queue.find(other)->result, "");
}

TEST_F(FindAndWait, waits_for_as_long_as_can_be_said) {
  JobId const id = queue.push(Greet("Ada"));
  std::jthread const later([&] {
    std::this_thread::sleep_for(30ms);
    queue.finish(popped(), {});
  });
  EXPECT_EQ(queue.wait(id, Millis::max())->state, State::completed);
  queue.push(Greet("Ada"));
  EXPECT_TRUE(queue.pop(Millis::max()));
  EXPECT_EQ(queue.wait(id, Millis::min())->state, State::completed);
}

TEST_F(FindAndWait, waits_for_a_job_that_a_batch_sends_later) {
  Envelope const job = make_envelope(Greet("Ada"));
  std::jthread const later([&] {
    queue.push(job);
    queue.finish(popped(), {});
  });
  EXPECT_EQ(queue.wait(job.id, kPatience)->state, State::completed);
}

TEST_F(FindAndWait, returns_at_once_when_the_job_is_removed) {
  JobId const id = queue.push(Greet("Ada"));
  class Removing : public StoreQueue {
   public:
    using StoreQueue::StoreQueue;
    std::optional<JobStatus> find(JobId job) override {
      auto const before = StoreQueue::find(job);
      store().remove({.ids = std::span(&job, 1)});
      return before;
    }
  } removing(queue.shared_store());
  EXPECT_FALSE(removing.wait(id, kPatience));
}

TEST(FindInOtherQueues, a_buffered_queue_asks_the_queue_behind_it_and_knows_nothing_before_flush) {
  BufferedQueue queue(std::make_unique<StoreQueue>(open_store("memory:")));
  EXPECT_TRUE(queue.capabilities().find);
  JobId const id = queue.push(Greet("Ada"));
  EXPECT_FALSE(queue.find(id));
  queue.flush();
  EXPECT_EQ(queue.find(id)->state, State::available);
  EXPECT_EQ(queue.wait(id, 0ms)->state, State::available);
}

TEST(FindInOtherQueues, a_queue_that_keeps_no_record_refuses_and_says_so) {
  ArrayQueue queue;
  EXPECT_FALSE(queue.capabilities().find);
  JobId const id = queue.push(Greet("Ada"));
  auto const refused = [&](auto const& ask) {
    try {
      ask();
      ADD_FAILURE() << "was answered";
    } catch (Error const& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_THAT(error.what(), HasSubstr("this queue keeps no record of its jobs"));
    }
  };
  refused([&] { queue.find(id); });
  refused([&] { queue.wait(id, 1s); });
}

}  // namespace
}  // namespace kue
