// A job that is cancelled while it runs: asked to stop, killed if it does not, and never run again. On real processes.

#include "zoo.hpp"

#include <signal.h>

using namespace zoo;
using kue::CancelStatus;
using kue::Reason;
using kue::State;

namespace {

struct Cancel : Zoo {
  kue::JobId running(std::string const& kind, std::string const& args) {
    kue::JobId const job = push(kind, args);
    EXPECT_TRUE(eventually([&] { return journal_says("begin " + kind + " " + job.str()); }, 40s));
    return job;
  }
  CancelStatus cancel(kue::JobId job) { return store().cancel({.ids = {&job, 1}}).statuses.at(0); }
  bool settles(kue::JobId job, State where) {
    return eventually([&] { return state(job) == where; }, 40s);
  }
  void expect_the_others_go_on() {
    kue::JobId const healthy = push("Sleep", R"({"ms":1})");
    EXPECT_TRUE(settles(healthy, State::completed));
  }
};

TEST_F(Cancel, a_running_job_that_looks_at_its_stop_token_ends_as_cancelled_and_its_process_goes_on) {
  pid_t const worker = start({"-c", "1"});
  kue::JobId const job = running("SleepWatching", R"({"ms":600000})");
  pid_t const child = ready_children(worker).at(0);
  EXPECT_EQ(cancel(job), CancelStatus::asked);
  ASSERT_TRUE(settles(job, State::cancelled));
  EXPECT_TRUE(journal_says("stopped-cancelled SleepWatching " + job.str()));
  expect_the_others_go_on();
  EXPECT_TRUE(lives(child)) << "asked, not killed";
  EXPECT_EQ(count("begin SleepWatching"), 1);
  EXPECT_EQ(record(job).errors.at(0).reason, Reason::cancelled);
  EXPECT_EQ(record(job).tally.attempt, 0u);
}

TEST_F(Cancel, a_running_job_that_never_looks_is_killed_after_the_grace) {
  pid_t const worker = start({"-c", "1", "--grace", "300"});
  kue::JobId const job = running("Loop", "{}");
  pid_t const child = ready_children(worker).at(0);
  EXPECT_EQ(cancel(job), CancelStatus::asked);
  ASSERT_TRUE(settles(job, State::cancelled));
  EXPECT_FALSE(lives(child));
  EXPECT_NE(record(job).errors.at(0).failure.message.find("killed: still running 0.300 s after it was cancelled"),
            std::string::npos);
  EXPECT_EQ(record(job).tally.crashes, 0u) << "not the job's fault";
  expect_the_others_go_on();
  EXPECT_EQ(count("begin Loop"), 1);
}

TEST_F(Cancel, a_worker_without_children_asks_the_job_that_it_runs) {
  pid_t const worker = start({"--sequential"});
  kue::JobId const job = running("SleepWatching", R"({"ms":600000})");
  EXPECT_EQ(cancel(job), CancelStatus::asked);
  ASSERT_TRUE(settles(job, State::cancelled));
  EXPECT_TRUE(journal_says("stopped-cancelled SleepWatching " + job.str()));
  expect_the_others_go_on();
  EXPECT_TRUE(lives(worker));
}

TEST_F(Cancel, a_cancelled_job_whose_process_dies_does_not_run_again) {
  pid_t const worker = start({"-c", "1"});
  kue::JobId const job = running("Loop", "{}");
  pid_t const child = ready_children(worker).at(0);
  EXPECT_EQ(cancel(job), CancelStatus::asked);
  send(child, SIGKILL);
  ASSERT_TRUE(settles(job, State::cancelled));
  std::string const told = " while running job=zoo::Loop#" + job.str() + "; it is cancelled";
  EXPECT_TRUE(eventually([&] { return log().find(told) != std::string::npos; })) << log();
  EXPECT_EQ(log().find("available again"), std::string::npos);
  expect_the_others_go_on();
  EXPECT_EQ(count("begin Loop"), 1);
}

TEST_F(Cancel, a_job_that_completes_all_the_same_is_completed) {
  start({"-c", "1"});
  kue::JobId const job = running("Sleep", R"({"ms":1500})");
  EXPECT_EQ(cancel(job), CancelStatus::asked);
  EXPECT_TRUE(settles(job, State::completed));
  EXPECT_TRUE(journal_says("end Sleep " + job.str()));
}

TEST_F(Cancel, the_job_that_follows_is_not_the_one_that_was_meant) {
  start({"-c", "1", "--grace", "50"});
  kue::JobId const first = running("SleepWatching", R"({"ms":600000})");
  kue::JobId const next = push("Sleep", R"({"ms":1500})");
  cancel(first);
  ASSERT_TRUE(settles(first, State::cancelled));
  EXPECT_TRUE(settles(next, State::completed)) << "in the same process, longer than the grace";
  EXPECT_EQ(count("begin Sleep "), 1);
}

}  // namespace
