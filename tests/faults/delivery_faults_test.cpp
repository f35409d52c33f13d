// Faults of the PHP original (Kue), each one a test named after it. Here: delivery and what one can see of it.

#include "zoo.hpp"

#include <csignal>
#include <fstream>

using namespace zoo;
using kue::Reason;
using kue::State;

namespace {

struct DeliveryFaults : Zoo {
  pid_t start_ready(std::vector<std::string> arguments, std::size_t children) {
    pid_t const worker = start(std::move(arguments));
    EXPECT_TRUE(eventually([&] { return ready_children(worker).size() == children; }));
    return worker;
  }
};

TEST_F(DeliveryFaults, fault_01_a_popped_job_is_gone_when_its_worker_dies) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("Sleep", R"({"ms":400})");
  ASSERT_TRUE(eventually([&] { return journal_says("begin Sleep"); }));
  EXPECT_EQ(state(job), State::running) << "still in the store while it runs";
  send(ready_children(worker).at(0), SIGKILL);
  EXPECT_TRUE(eventually([&] { return state(job) == State::completed; }));
  EXPECT_EQ(record(job).errors.at(0).reason, Reason::crashed) << "and the loss is on record";
}

TEST_F(DeliveryFaults, fault_06_after_an_exception_the_job_is_gone) {
  start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("RetryIn", R"({"ms":1})");
  EXPECT_TRUE(eventually([&] { return state(job) == State::completed; }));
  ASSERT_EQ(record(job).errors.size(), 1u);
  EXPECT_EQ(record(job).errors.at(0).failure.message, "gateway busy");
}

TEST_F(DeliveryFaults, fault_10_a_healthy_job_longer_than_the_heartbeat_limit_is_killed_as_stale) {
  start_ready({"-c", "1", "--beat", "50", "--dead", "300", "--grace", "50"}, 1);
  kue::JobId const job = push("Sleep", R"({"ms":1000})");
  EXPECT_TRUE(eventually([&] { return state(job) == State::completed; }));
  EXPECT_EQ(record(job).claim_no, 1u);
  EXPECT_EQ(count("event child_exit"), 0);
}

TEST_F(DeliveryFaults, fault_21_only_exceptions_of_one_class_are_caught) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  pid_t const child = ready_children(worker).at(0);
  kue::JobId const odd = push("ThrowInt"), init = push("Value");
  EXPECT_TRUE(eventually([&] { return state(odd) == State::retryable && state(init) == State::completed; }));
  EXPECT_TRUE(eventually([&] { return journal_says("event exception " + std::to_string(child)); }));
  EXPECT_TRUE(lives(child)) << "neither a thrown int nor a throwing init handler ended it";
}

TEST_F(DeliveryFaults, fault_26_one_child_means_no_child) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("Segfault");
  EXPECT_TRUE(eventually([&] { return state(job) == State::discarded; }));
  EXPECT_TRUE(lives(worker)) << "-c 1 is a child as well, so a crash ends only that";
}

TEST_F(DeliveryFaults, fault_27_a_waiting_pop_cannot_be_stopped) {
  pid_t const ours = start_ready({"-c", "2"}, 2);
  ASSERT_TRUE(eventually([&] { return log().find("worker started") != std::string::npos; }));
  auto from = std::chrono::steady_clock::now();
  send(ours, SIGTERM);
  EXPECT_EQ(wait_exit(ours), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 1500ms) << "ours stops at once, not after its 5 s";

  // A stranger's queue of two functions works too, as at-most-once and with a warning; its pop is left within a second.
  pid_t const foreign = start_plain({"--folder", path(""), "-c", "2"});
  ASSERT_TRUE(eventually([&] { return ready_children(foreign).size() == 2; }));
  EXPECT_TRUE(eventually([&] { return log().find("this queue is at-most-once") != std::string::npos; }));
  from = std::chrono::steady_clock::now();
  send(foreign, SIGTERM);
  EXPECT_EQ(wait_exit(foreign), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 2500ms);
}

TEST_F(DeliveryFaults, fault_27_a_three_function_queue_runs_jobs) {
  kue::Envelope job;
  job.id = kue::JobId::make();
  job.kind = "zoo::Sleep";
  job.args = R"({"ms":1})";
  std::ofstream(path("a.job")) << job.to_bytes();
  job.id = kue::JobId::make();
  job.kind = "zoo::Abort";
  job.args = "{}";
  std::ofstream(path("b.job")) << job.to_bytes();
  pid_t const worker = start_plain({"--folder", path(""), "-c", "2"});
  EXPECT_TRUE(eventually([&] { return journal_says("end Sleep") && journal_says("event crash "); }));
  EXPECT_NE(log().find("its queue keeps no job, so this one is lost"), std::string::npos);
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
}

TEST_F(DeliveryFaults, fault_28_handlers_get_no_attempt_id_or_worker) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("RetryIn", R"({"ms":1})");
  EXPECT_TRUE(eventually([&] { return journal_says("event success"); }));
  std::string const who = std::to_string(ready_children(worker).at(0)) + " " + job.str() + " zoo::RetryIn ";
  EXPECT_TRUE(journal_says("event init " + who + "1 "));
  EXPECT_TRUE(journal_says("event exception " + who + "1 "));
  EXPECT_TRUE(journal_says("event success " + who + "2 "));
}

TEST_F(DeliveryFaults, fault_29_nothing_is_observable) {
  start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("Value");
  push("ThrowStd");
  EXPECT_TRUE(eventually([&] {
    return store().counts().at(0).of(State::completed) == 1 && store().counts().at(0).of(State::retryable) == 1;
  }));
  EXPECT_EQ(store().query({.filter = {.kind = "zoo::ThrowStd"}}).jobs.size(), 1u);
  EXPECT_EQ(events_of(job).size(), 3u) << "pushed, claimed, completed";
  EXPECT_EQ(store().nodes().size(), 1u);
}

}  // namespace
