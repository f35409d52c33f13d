// What a job may do, and what becomes of it: the table of DESIGN 4, on real processes.

#include "zoo.hpp"

#include <signal.h>

#include <linux/futex.h>
#include <sys/syscall.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace zoo;
namespace fs = std::filesystem;
using kue::Reason;
using kue::State;

namespace {

struct Jobs : Zoo {
  // A healthy job that is pushed after the bad one and must complete.
  void expect_the_others_go_on() {
    kue::JobId const healthy = push("Sleep", R"({"ms":1})");
    EXPECT_TRUE(eventually([&] { return state(healthy) == State::completed; }));
  }
  std::vector<Reason> reasons(kue::JobId id) {
    std::vector<Reason> all;
    for (kue::Attempt const& attempt : record(id).errors) all.push_back(attempt.reason);
    return all;
  }
  bool settles(kue::JobId id, State where) {
    return eventually([&] { return state(id) == where; });
  }
};

TEST_F(Jobs, four_sleeping_jobs_of_2_s_run_at_once_in_4_children) {
  pid_t const worker = start({"-c", "4"});
  ASSERT_TRUE(eventually([&] { return ready_children(worker).size() == 4; }));
  std::vector<kue::JobId> jobs;
  auto const from = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) jobs.push_back(push("Sleep", R"({"ms":2000})"));
  for (kue::JobId const job : jobs) EXPECT_TRUE(settles(job, State::completed));
  EXPECT_LT(std::chrono::steady_clock::now() - from, 3s);
  std::set<std::string> processes;
  for (Line const& line : journal("begin")) processes.insert(line[3]);
  EXPECT_EQ(processes.size(), 4u);
}

// On a word that processes share (a lock of its own is another operation): it waits for jobs.
bool sleeps_until_woken(pid_t child) {
  std::ifstream proc("/proc/" + std::to_string(child) + "/syscall");
  std::string call, word, operation;
  return proc >> call >> word >> operation && call == std::to_string(SYS_futex) &&
         std::stoul(operation, nullptr, 16) == FUTEX_WAIT_BITSET;
}

// The process that pushed it was killed between its commit and the wake-up.
TEST_F(Jobs, a_job_that_nobody_was_woken_for_is_found_within_two_seconds) {
  pid_t const worker = start({"-c", "2"});
  ASSERT_TRUE(eventually([&] { return ready_children(worker).size() == 2; }));
  ASSERT_TRUE(eventually([&] { return std::ranges::all_of(ready_children(worker), sleeps_until_woken); }));
  auto const wakes = path("zoo.db-wake"), aside = path("aside");
  fs::rename(wakes, aside);
  fs::create_directory(wakes);  // whoever opens the store now wakes nobody
  kue::Envelope job;
  job.id = kue::JobId::make();
  job.kind = "zoo::Sleep";
  job.args = R"({"ms":1})";
  kue::open_store(url())->push({.jobs = std::span(&job, 1)});
  auto const from = std::chrono::steady_clock::now();
  fs::remove(wakes);
  fs::rename(aside, wakes);
  EXPECT_TRUE(settles(job.id, State::completed));
  EXPECT_LT(std::chrono::steady_clock::now() - from, 2s);
}

// More than one turn of the keeper, which has other duties too.
TEST_F(Jobs, the_keeper_removes_old_jobs_while_others_run) {
  std::vector<kue::JobId> ids;
  for (int i = 0; i < 1200; ++i) ids.push_back(push("Sleep", R"({"ms":1})"));
  store().cancel({.ids = ids});
  kue::JobId const kept = push("Discard");
  start({"-c", "1", "--beat", "200", "--keep-completed", "0"});
  ASSERT_TRUE(settles(kept, State::discarded));
  EXPECT_TRUE(eventually([&] {
    auto const counts = store().counts().at(0);
    return counts.of(State::cancelled) + counts.of(State::completed) == 0;
  }));
  EXPECT_EQ(store().get(ids.front()), std::nullopt);
  EXPECT_EQ(state(kept), State::discarded) << "has a retention of its own";
  EXPECT_TRUE(store().check().ok());
}

TEST_F(Jobs, a_job_that_throws_is_retried_later_with_its_message) {
  start({"-c", "1"});
  kue::JobId const job = push("ThrowStd"), odd = push("ThrowInt");
  ASSERT_TRUE(settles(job, State::retryable));
  ASSERT_TRUE(settles(odd, State::retryable));
  kue::JobRecord const record_of_job = record(job);
  EXPECT_EQ(record_of_job.tally.attempt, 1u);
  EXPECT_EQ(record_of_job.errors.at(0).failure.message, "no such customer");
  EXPECT_EQ(reasons(odd), std::vector{Reason::error});
  expect_the_others_go_on();
  EXPECT_EQ(count("event child_exit"), 0);
  EXPECT_TRUE(journal_says("event exception ")) << "with the job's id";
  EXPECT_TRUE(journal_says("event retry "));
}

TEST_F(Jobs, a_job_asks_for_more_than_done_or_failed) {
  start({"-c", "2"});
  kue::JobId const snooze = push("Snooze", R"({"ms":3600000})"), discard = push("Discard"),
                   again = push("RetryIn", R"({"ms":10})"), value = push("Value"),
                   big = push("BigResult", R"({"bytes":20000})"), too_big = push("BigResult", R"({"bytes":70000})"),
                   unknown = push("Nobody");
  EXPECT_TRUE(settles(snooze, State::scheduled));
  EXPECT_TRUE(settles(discard, State::discarded));
  EXPECT_TRUE(settles(again, State::completed));
  EXPECT_TRUE(settles(value, State::completed));
  EXPECT_TRUE(settles(big, State::completed));
  EXPECT_TRUE(settles(too_big, State::completed)) << "its work is done";
  EXPECT_TRUE(settles(unknown, State::scheduled));
  EXPECT_EQ(record(snooze).tally.attempt, 0u);
  EXPECT_EQ(reasons(discard), std::vector{Reason::gave_up});
  EXPECT_TRUE(eventually([&] { return journal_says("failed Discard pointless"); }));
  EXPECT_EQ(record(again).tally.attempt, 2u);
  EXPECT_EQ(record(value).result, R"("forty-two")") << "although a handler of its init event threw";
  EXPECT_EQ(record(value).progress, (kue::Progress{50, "half"}));
  EXPECT_EQ(record(big).result.size(), 20002u) << "does not fit into an entry of the scoreboard";
  EXPECT_NE(record(too_big).result.find(R"("bytes":70002,"limit":65536)"), std::string::npos);
  EXPECT_EQ(record(unknown).tally.attempt, 0u);
  EXPECT_TRUE(record(unknown).tally.unknown_since.has_value());
}

struct Death {
  char const* kind;
  char const* args;
  char const* type;
  int signal;
};
struct Deaths : Jobs, ::testing::WithParamInterface<Death> {};

TEST_P(Deaths, runs_again_twice_and_is_poison_the_third_time) {
  pid_t const worker = start({"-c", "2"});
  ASSERT_TRUE(eventually([&] { return ready_children(worker).size() == 2; }));
  kue::JobId const job = push(GetParam().kind, GetParam().args);
  expect_the_others_go_on();
  ASSERT_TRUE(settles(job, State::discarded));
  kue::JobRecord const dead = record(job);
  EXPECT_EQ(reasons(job), (std::vector{Reason::crashed, Reason::crashed, Reason::poison}));
  EXPECT_EQ(dead.tally.crashes, 3u);
  EXPECT_EQ(dead.tally.attempt, 0u) << "not against max_attempts";
  EXPECT_EQ(dead.errors.at(0).failure.type, GetParam().type);
  EXPECT_EQ(dead.errors.at(0).failure.signal, GetParam().signal);
  EXPECT_EQ(count(std::string("begin ") + GetParam().kind), 3);
  EXPECT_TRUE(eventually([&] { return count("event crash ") == 3 && count("event discard ") == 1; }));
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 2; }));
  EXPECT_EQ(::kill(worker, 0), 0);
  if (std::string(GetParam().kind) == "Segfault") {
    EXPECT_TRUE(eventually([&] { return count("failed Segfault") == 1; }));
    EXPECT_NE(log().find("died by signal 11 (Segmentation fault) while running job=zoo::Segfault#" + job.str() +
                         "; it is available again (crash 1 of 3)"),
              std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(, Deaths,
                         ::testing::Values(Death{"Segfault", "{}", "signal", SIGSEGV},
                                           Death{"Abort", "{}", "signal", SIGABRT},
                                           Death{"Exit", R"({"code":3})", "exit", 0},
                                           Death{"Exit", R"({"code":0})", "exit", 0}));

TEST_F(Jobs, a_new_child_stands_within_half_a_second) {
  pid_t const worker = start({"-c", "1"});
  ASSERT_TRUE(eventually([&] { return ready_children(worker).size() == 1; }));
  pid_t const first = ready_children(worker).at(0);
  kue::JobId const job = push("Sleep", R"({"ms":60000})");
  ASSERT_TRUE(eventually([&] { return journal_says("begin Sleep " + job.str()); }));
  send(first, SIGKILL);
  auto const from = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] {
    auto const now = ready_children(worker);
    return now.size() == 1 && now.at(0) != first;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - from, 500ms);
  EXPECT_TRUE(eventually([&] { return count("begin Sleep " + job.str()) == 2; })) << "and runs the job again";
  EXPECT_LT(std::chrono::steady_clock::now() - from, 1500ms) << "claimable again within 1 s";
  EXPECT_EQ(reasons(job), std::vector{Reason::crashed});
}

TEST_F(Jobs, a_job_that_closes_all_descriptors_is_done_and_hurts_no_file) {
  start({"-c", "2"});
  kue::JobId const job = push("CloseAll");
  ASSERT_TRUE(settles(job, State::completed)) << "written by the keeper";
  EXPECT_EQ(count("end CloseAll"), 1);
  expect_the_others_go_on();
  EXPECT_TRUE(store().check().ok());
}

TEST_F(Jobs, a_time_out_raises_the_stop_token_and_counts_as_an_attempt) {
  start({"-c", "1"});
  kue::JobId const job = push("SleepWatching", R"({"ms":60000})", [](kue::Envelope& e) { e.timeout = 100ms; });
  ASSERT_TRUE(settles(job, State::retryable));
  EXPECT_EQ(count("stopped-timeout SleepWatching"), 1);
  EXPECT_EQ(reasons(job), std::vector{Reason::timeout});
  EXPECT_EQ(record(job).tally.attempt, 1u);
}

TEST_F(Jobs, a_job_that_never_looks_at_its_stop_token_is_killed_at_the_hard_time_out) {
  start({"-c", "2", "--grace", "200"});
  kue::JobId const job = push("Loop", "{}", [](kue::Envelope& e) { e.timeout = 100ms; });
  expect_the_others_go_on();
  ASSERT_TRUE(settles(job, State::discarded));
  EXPECT_EQ(reasons(job), (std::vector{Reason::hard_timeout, Reason::hard_timeout, Reason::poison}));
  kue::JobRecord const dead = record(job);
  EXPECT_EQ(dead.tally.attempt, 3u) << "counts, unlike a crash";
  EXPECT_EQ(dead.errors.at(0).failure.type, "timeout");
  EXPECT_GE(dead.errors.at(0).ended_at - dead.errors.at(0).started_at, 290ms);
  EXPECT_TRUE(eventually([&] { return count("event timeout ") == 3; }));
}

TEST_F(Jobs, a_program_that_a_killed_job_started_dies_with_it) {
  start({"-c", "1", "--grace", "100"});
  push("Helper", "{}", [](kue::Envelope& e) { e.timeout = 100ms; });
  ASSERT_TRUE(eventually([&] { return !journal("helper").empty(); }));
  pid_t const helper = std::stoi(journal("helper").at(0)[1]);
  EXPECT_TRUE(eventually([&] { return !lives(helper); }));
}

TEST_F(Jobs, a_program_that_a_job_started_dies_with_a_killed_master) {
  pid_t const worker = start({"-c", "1"});
  push("Helper");
  ASSERT_TRUE(eventually([&] { return !journal("helper").empty(); }));
  pid_t const helper = std::stoi(journal("helper").at(0)[1]);
  ASSERT_TRUE(lives(helper));
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return !lives(helper); }));
}

TEST_F(Jobs, events_tell_who_when_and_which_attempt) {
  pid_t const worker = start({"-c", "1", "--stop-when-empty"});
  kue::JobId const job = push("Sleep", R"({"ms":1})");
  EXPECT_EQ(wait_exit(worker), 0);
  for (std::string const name : {"init", "success"}) {
    auto const lines = journal("event");
    auto const found = std::find_if(lines.begin(), lines.end(), [&](Line const& line) { return line[1] == name; });
    ASSERT_NE(found, lines.end()) << name;
    EXPECT_EQ((*found)[3], job.str());
    EXPECT_EQ((*found)[4], "zoo::Sleep");
    EXPECT_EQ((*found)[5], "1");
  }
  for (std::string const name : {"before_fork", "after_fork", "child_exit", "shutdown"})
    EXPECT_GE(count("event " + name + " "), 1) << name;
}

TEST_F(Jobs, run_in_the_calling_process_without_children) {
  kue::JobId const good = push("Sleep", R"({"ms":1})"), bad = push("ThrowStd");
  pid_t const worker = start({"--sequential", "--stop-when-empty"});
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_EQ(state(good), State::completed);
  EXPECT_EQ(state(bad), State::retryable);
  EXPECT_EQ(journal("begin").at(0)[3], std::to_string(worker));
  EXPECT_TRUE(store().nodes().empty()) << "it signed off";
}

}  // namespace
