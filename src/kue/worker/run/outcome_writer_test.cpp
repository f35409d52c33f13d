#include "kue/worker/run/outcome_writer.hpp"

#include "kue/stores/guard/stub_store_test.hpp"

#include <gmock/gmock.h>

namespace kue::worker {
namespace {

// One run of one job, and what the writer says of its end.
struct OutcomeWriterTest : ::testing::Test {
  std::shared_ptr<Store> store = open_store("memory:");
  StoreQueue queue{store};
  OutcomeWriter writer = writer_to(queue);

  static OutcomeWriter writer_to(StoreQueue& queue) {
    return OutcomeWriter(queue, &queue, Logger(stderr_sink(), LogLevel::off), [](Millis) { return true; });
  }
  Delivery claim() {
    Envelope job;
    job.id = JobId::make();
    job.kind = "Some";
    store->push({.jobs = std::span(&job, 1)});
    return queue.pop(Millis(0)).value();
  }
};

TEST_F(OutcomeWriterTest, what_follows_is_what_the_store_says) {
  Delivery const plain = claim(), cancelled = claim();
  store->cancel({.ids = std::span(&cancelled.job.id, 1)});
  RunReport report{.outcome = {.kind = Outcome::Kind::failed, .failure = {.message = "busy"}}}, same = report;
  EXPECT_EQ(writer.write(plain, report)->next.to, State::retryable);
  EXPECT_EQ(writer.write(cancelled, same)->next.to, State::cancelled);
  EXPECT_EQ(store->get(cancelled.job.id)->state, State::cancelled);
}

TEST_F(OutcomeWriterTest, after_a_lost_answer_it_asks_what_became_of_a_cancelled_job) {
  Delivery const cancelled = claim();
  store->cancel({.ids = std::span(&cancelled.job.id, 1)});
  RunReport report{.outcome = {.kind = Outcome::Kind::failed, .failure = {.message = "busy"}}};
  writer.write(cancelled, report);  // its answer never came
  auto const again = writer.write(cancelled, report);
  EXPECT_EQ(again->status, FinishStatus::already);
  EXPECT_EQ(again->next.to, State::cancelled);
}

// By a store with a lower limit than ours, say.
TEST_F(OutcomeWriterTest, a_result_that_the_store_refuses_leaves_finished_work_completed) {
  auto const stub = std::make_shared<guard_tests::StubStore>();
  StoreQueue refusing(stub);
  OutcomeWriter once(refusing, &refusing, Logger(stderr_sink(), LogLevel::off),
                     [&](Millis) { return stub->error.reset(), true; });
  Delivery delivery = claim();
  stub->error = Error(ErrorKind::invalid, "the result is too long for this store");
  RunReport report{.outcome = {.result = "[1]"}};
  auto const written = once.write(delivery, report);
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(written->next.to, State::completed);
  EXPECT_EQ(report.outcome.kind, Outcome::Kind::completed);
  EXPECT_THAT(report.outcome.result, testing::StartsWith(R"({"result_not_kept":")"));
  EXPECT_THAT(report.outcome.result, testing::HasSubstr("the result is too long for this store"));
}

}  // namespace
}  // namespace kue::worker
