// Stopping: soft, at the deadline, at once; more and fewer children; the pid file.

#include "zoo.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

using namespace zoo;
using kue::Reason;
using kue::State;

namespace {

struct Stops : Zoo {
  pid_t start_ready(std::vector<std::string> arguments, std::size_t children) {
    pid_t const worker = start(std::move(arguments));
    EXPECT_TRUE(eventually([&] { return ready_children(worker).size() == children; }));
    return worker;
  }
  kue::JobId start_job(std::string const& kind, int ms) {
    kue::JobId const job = push(kind, kind == "Loop" ? "{}" : "{\"ms\":" + std::to_string(ms) + "}");
    EXPECT_TRUE(eventually([&] { return journal_says("begin " + kind + " " + job.str()); }));
    return job;
  }
};

struct SoftStops : Stops, ::testing::WithParamInterface<int> {};
TEST_P(SoftStops, let_the_running_job_end_and_start_no_other) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const running = start_job("Sleep", 500), waiting = push("Sleep", R"({"ms":1})");
  send(worker, GetParam());
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_EQ(state(running), State::completed);
  EXPECT_EQ(state(waiting), State::available);
  EXPECT_EQ(record(waiting).claim_no, 0u);
  EXPECT_TRUE(store().nodes().empty()) << "the keeper signed off, last of all";
}
INSTANTIATE_TEST_SUITE_P(, SoftStops, ::testing::Values(SIGTERM, SIGQUIT, SIGINT),
                         [](auto const& one) { return "signal_" + std::to_string(one.param); });

TEST_F(Stops, an_idle_worker_stops_at_once_with_one_deadline_for_all) {
  pid_t const worker = start_ready({"-c", "4"}, 4);
  ASSERT_TRUE(eventually(
      [&] { return log().find("worker started: 4 children, queues: all, store sqlite:/") != std::string::npos; }));
  auto const from = std::chrono::steady_clock::now();
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 2s);
}

TEST_F(Stops, a_job_that_watches_its_stop_token_is_given_back_uncounted) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = start_job("SleepWatching", 60000);
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_EQ(count("stopped-shutdown"), 1);
  EXPECT_EQ(state(job), State::available);
  EXPECT_EQ(record(job).tally.interruptions, 1u);
  EXPECT_EQ(record(job).tally.attempt, 0u);
}

TEST_F(Stops, at_the_deadline_a_running_job_is_killed_and_given_back_uncounted) {
  pid_t const worker = start_ready({"-c", "2", "--stop-timeout", "300"}, 2);
  kue::JobId const one = start_job("Loop", 0), two = start_job("Loop", 0);
  auto const from = std::chrono::steady_clock::now();
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_GE(std::chrono::steady_clock::now() - from, 300ms);
  for (kue::JobId const job : {one, two}) {
    kue::JobRecord const back = record(job);
    EXPECT_EQ(back.state, State::available);
    EXPECT_EQ(back.tally.attempt, 0u);
    EXPECT_EQ(back.tally.crashes, 0u);
    EXPECT_EQ(back.tally.interruptions, 1u);
    EXPECT_EQ(back.errors.at(0).reason, Reason::interrupted);
  }
}

TEST_F(Stops, the_second_INT_stops_now) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = start_job("Loop", 0);
  send(worker, SIGINT);
  ASSERT_TRUE(eventually([&] { return journal_says("event shutdown"); }));
  EXPECT_EQ(wait_exit(worker, 200ms), -1) << "the first one waits for the job";
  send(worker, SIGINT);
  EXPECT_EQ(wait_exit(worker, 5s), 0);
  EXPECT_EQ(state(job), State::available);
  EXPECT_EQ(record(job).tally.interruptions, 1u);
}

TEST_F(Stops, TERM_to_a_child_lets_its_job_end_and_a_new_child_takes_its_place) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = start_job("Sleep", 400);
  pid_t const child = ready_children(worker).at(0);
  send(child, SIGTERM);
  EXPECT_TRUE(eventually([&] { return state(job) == State::completed; }));
  EXPECT_TRUE(eventually([&] { return !lives(child) && ready_children(worker).size() == 1; }));
}

TEST_F(Stops, TTIN_and_TTOU_change_the_number_of_children) {
  pid_t const worker = start_ready({"-c", "2"}, 2);
  kue::JobId const one = start_job("Sleep", 700), two = start_job("Sleep", 700);
  send(worker, SIGTTIN);
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 3; }));
  send(worker, SIGTTOU);
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 2; }));
  send(worker, SIGTTOU);
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 1; })) << "drained, not killed";
  send(worker, SIGTTOU);
  EXPECT_TRUE(eventually([&] { return log().find("stays at 1") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] { return state(one) == State::completed && state(two) == State::completed; }));
  EXPECT_EQ(record(one).claim_no, 1u);
  EXPECT_EQ(record(two).claim_no, 1u);
  EXPECT_EQ(children(worker).size(), 1u);
}

TEST_F(Stops, when_empty) {
  for (int i = 0; i < 5; ++i) push("Sleep", R"({"ms":20})");
  push("Sleep", R"({"ms":1})", [](kue::Envelope& e) { e.run_at = kue::Clock::system().now() + 1h; });
  pid_t const worker = start({"-c", "2", "--stop-when-empty"});
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_EQ(count("end Sleep"), 5);
}

// ---- refusals

TEST_F(Stops, a_worker_that_cannot_start_says_why_and_gives_up_after_ten) {
  pid_t const worker = start({"-c", "2", "--boot", "fail", "--respawn", "1"});
  int const status = wait_exit(worker);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 4);
  EXPECT_NE(log().find("giving up after 10 failed starts in a row; the last: the license server does not answer"),
            std::string::npos);
  EXPECT_LE(journal("boot").size(), 30u) << "and did not fork in a tight loop";
}

TEST_F(Stops, a_store_in_memory_is_refused) {
  int const status = wait_exit(start_plain({"--store", "memory:", "-c", "2"}));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_NE(log().find("lives in one process only"), std::string::npos);
}

TEST_F(Stops, a_job_that_needs_an_unknown_service_is_refused_at_the_start) {
  int const status = wait_exit(start({"-c", "1", "--boot", "needs"}));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_NE(log().find("NeedsNothingKnown"), std::string::npos);
}

TEST_F(Stops, bad_options_are_refused) {
  EXPECT_EQ(WEXITSTATUS(wait_exit(start({"-c", "0"}))), 2);
  EXPECT_EQ(WEXITSTATUS(wait_exit(start({"-c", "257"}))), 2);
}

TEST_F(Stops, the_pid_file_stands_while_the_worker_runs) {
  std::string const file = path("worker.pid");
  std::ofstream(file) << "1\n";  // a stale one, of a process that lives but is no worker
  pid_t const worker = start_ready({"-c", "1", "--pid-file", file}, 1);
  pid_t written = 0;
  std::ifstream(file) >> written;
  EXPECT_EQ(written, worker);

  EXPECT_EQ(WEXITSTATUS(wait_exit(start({"-c", "1", "--pid-file", file}))), 5);
  EXPECT_NE(log().find("already running with pid " + std::to_string(worker)), std::string::npos);

  send(ready_children(worker).at(0), SIGTERM);  // a child that ends leaves the master's file alone
  EXPECT_TRUE(eventually([&] { return count("event child_exit") == 1; }));
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_NE(::access(file.c_str(), F_OK), 0);
}

}  // namespace
