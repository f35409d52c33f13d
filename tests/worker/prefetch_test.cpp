// Several jobs at once in a child: none is the hostage of another, none runs twice, only the one that ran is charged.

#include "zoo.hpp"

#include "store_lock.hpp"

#include <kue/job.hpp>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <thread>

using namespace zoo;
using kue::State;

namespace {

struct Prefetch : Zoo {
  // So many quick ones that a child has learnt that this kind is quick, and claims many at once.
  std::vector<kue::Envelope> quick(int count) const {
    std::vector<kue::Envelope> jobs(static_cast<std::size_t>(count));
    for (kue::Envelope& job : jobs) job = mixed(0);
    return jobs;
  }
  static kue::Envelope mixed(int ms, bool die = false) {
    kue::Envelope job;
    job.id = kue::JobId::make();
    job.kind = "zoo::Mixed";
    job.args = "{\"ms\":" + std::to_string(ms) + ",\"die\":" + (die ? "true" : "false") + "}";
    return job;
  }
  void push_all(std::vector<kue::Envelope> const& jobs) { store().push({.jobs = jobs}); }
  int completed(std::vector<kue::Envelope> const& jobs) {
    int count = 0;
    for (kue::Envelope const& job : jobs) count += state(job.id) == State::completed ? 1 : 0;
    return count;
  }
  bool all_complete(std::vector<kue::Envelope> const& jobs, std::chrono::milliseconds most = 20s) {
    return eventually([&] { return completed(jobs) == static_cast<int>(jobs.size()); }, most);
  }
  std::map<std::string, int> begun() {  // by id
    std::map<std::string, int> runs;
    for (Line const& line : journal("begin")) ++runs[line[2]];
    return runs;
  }
  int told_by_the_keeper(std::string const& text) const {
    std::istringstream lines(log());
    int count = 0;
    for (std::string line; std::getline(lines, line);)
      count += line.find(" keeper[") != std::string::npos && line.find(text) != std::string::npos ? 1 : 0;
    return count;
  }
  int longest_claim_in_a_row() {
    int most = 0, now = 0;
    for (kue::Event const& event : store().events({.limit = 10'000}).events) {
      now = event.verb == kue::Verb::claim ? now + 1 : 0;
      most = std::max(most, now);
    }
    return most;
  }
};

TEST_F(Prefetch, quick_jobs_are_claimed_and_finished_many_at_once_and_each_runs_once) {
  std::vector<kue::Envelope> const jobs = quick(1500);
  push_all(jobs);
  start({"-c", "1"});
  ASSERT_TRUE(all_complete(jobs, 40s)) << completed(jobs) << log();
  EXPECT_GE(longest_claim_in_a_row(), 50);
  for (auto const& [id, runs] : begun()) EXPECT_EQ(runs, 1) << id;
  EXPECT_EQ(begun().size(), jobs.size());
}

TEST_F(Prefetch, jobs_behind_a_long_one_go_to_another_child) {
  std::vector<kue::Envelope> const first = quick(400);
  push_all(first);
  pid_t const worker = start({"-c", "2"});
  ASSERT_TRUE(all_complete(first));
  // Both children are busy with quick ones when the long one comes, in the middle of its batch.
  std::vector<kue::Envelope> const before = quick(600), behind = quick(100);
  kue::Envelope const long_one = mixed(6000);
  std::vector<kue::Envelope> all = before;
  all.push_back(long_one);
  all.insert(all.end(), behind.begin(), behind.end());
  push_all(all);
  EXPECT_TRUE(all_complete(before, 5s)) << "an ended run waits for no long one: " << completed(before) << log();
  EXPECT_TRUE(all_complete(behind, 5s)) << completed(behind) << log();
  EXPECT_EQ(state(long_one.id), State::running) << "the others were not quick enough for this test to say anything";
  EXPECT_TRUE(all_complete({long_one}));
  for (kue::Envelope const& job : behind)
    EXPECT_EQ(record(job.id).tally, (kue::Tally{.attempt = 1})) << "nobody is charged for waiting";
  for (auto const& [id, runs] : begun()) EXPECT_EQ(runs, 1) << id;
  EXPECT_TRUE(lives(worker));
}

TEST_F(Prefetch, a_crash_is_charged_to_its_job_alone_and_what_had_ended_is_not_run_again) {
  std::vector<kue::Envelope> all;
  std::vector<kue::JobId> deadly;
  for (int i = 0; i < 6; ++i) {
    std::vector<kue::Envelope> const some = quick(150);
    all.insert(all.end(), some.begin(), some.end());
    all.push_back(mixed(0, true));
    deadly.push_back(all.back().id);
  }
  push_all(all);
  start({"-c", "1"});
  ASSERT_TRUE(eventually(
      [&] {
        return std::all_of(deadly.begin(), deadly.end(), [&](kue::JobId id) { return state(id) == State::discarded; });
      },
      60s))
      << log();
  std::vector<kue::Envelope> healthy;
  for (kue::Envelope const& job : all) {
    if (std::find(deadly.begin(), deadly.end(), job.id) == deadly.end()) healthy.push_back(job);
  }
  ASSERT_TRUE(all_complete(healthy)) << completed(healthy) << log();
  auto const runs = begun();
  for (kue::Envelope const& job : healthy) {
    EXPECT_EQ(runs.at(job.id.str()), 1);
    EXPECT_EQ(record(job.id).tally.crashes, 0u);
  }
  for (kue::JobId const id : deadly) EXPECT_EQ(runs.at(id.str()), 3) << "the third death of its process ends a job";
}

TEST_F(Prefetch, a_stop_gives_back_what_was_not_started_and_writes_what_had_ended) {
  std::vector<kue::Envelope> const first = quick(400);
  push_all(first);
  pid_t const worker = start({"-c", "1"});
  ASSERT_TRUE(all_complete(first));
  std::vector<kue::Envelope> jobs = quick(3000);
  push_all(jobs);
  ASSERT_TRUE(eventually([&] { return completed({jobs.begin(), jobs.begin() + 100}) == 100; }));
  send(worker, SIGTERM);
  int const status = wait_exit(worker);
  EXPECT_EQ(status, 0) << log();
  auto const runs = begun();
  for (kue::Envelope const& job : jobs) {
    kue::JobRecord const now = record(job.id);
    EXPECT_EQ(now.state == State::completed, runs.count(job.id.str()) == 1) << to_string(now.state);
    if (now.state != State::completed) {
      EXPECT_EQ(now.state, State::available);
      EXPECT_EQ(now.tally.interruptions, 0u) << "it was never started";
    }
  }
}

// What a row of quick jobs says waits in shared memory for one write, and a crash loses none of it.
TEST_F(Prefetch, the_log_of_quick_jobs_is_whole_after_a_crash) {
  std::vector<kue::Envelope> all = quick(700);
  kue::Envelope const deadly = mixed(0, true);
  all.push_back(deadly);
  push_all(all);
  pid_t const worker = start({"-c", "1"});
  ASSERT_TRUE(eventually([&] { return state(deadly.id) == State::discarded && completed(all) == 700; }, 40s)) << log();
  send(worker, SIGTERM);
  ASSERT_EQ(wait_exit(worker), 0);
  std::string const text = log();
  for (kue::Envelope const& job : all) {
    std::string const mark = "job=zoo::Mixed#" + job.id.str() + " attempt=";
    auto const times = [&](std::string const& what) {
      int found = 0;
      for (std::size_t at = 0; (at = text.find(mark, at)) != text.npos; ++at)
        found += text.compare(at + mark.size() + 2, what.size(), what) == 0 ? 1 : 0;
      return found;
    };
    EXPECT_EQ(times("accepted from queue default"), job.id == deadly.id ? 3 : 1) << mark;
    bool const by_the_keeper = text.find("after job=zoo::Mixed#" + job.id.str() + "; it is completed") != text.npos;
    EXPECT_EQ(times("completed in ") + (by_the_keeper ? 1 : 0), job.id == deadly.id ? 0 : 1) << mark;
  }
  EXPECT_LT(text.find("job=zoo::Mixed#" + deadly.id.str() + " attempt=1 accepted"),
            text.find("while running job=zoo::Mixed#" + deadly.id.str()));
}

TEST_F(Prefetch, a_long_run_of_a_quick_kind_is_in_the_log_while_it_runs) {
  std::vector<kue::Envelope> all = quick(400);
  push_all(all);
  start({"-c", "1"});
  ASSERT_TRUE(all_complete(all));
  std::vector<kue::Envelope> const more = quick(300);
  push_all(more);
  kue::Envelope const long_one = mixed(5000);
  push_all({long_one});
  ASSERT_TRUE(eventually([&] { return count("begin Mixed " + long_one.id.str()) == 1; }));
  EXPECT_TRUE(eventually(
      [&] { return log().find("job=zoo::Mixed#" + long_one.id.str() + " attempt=1 accepted") != std::string::npos; },
      1s))
      << log();
  EXPECT_EQ(state(long_one.id), State::running);
  EXPECT_TRUE(all_complete({long_one}));
}

// Neither the store nor the log may be written through a number that names a file of the job by now.
TEST_F(Prefetch, a_quick_job_that_closes_all_descriptors_harms_nothing) {
  std::vector<kue::Envelope> all = quick(400);
  push_all(all);
  pid_t const worker = start({"-c", "1"});
  ASSERT_TRUE(all_complete(all));
  std::vector<kue::Envelope> more = quick(900);
  for (std::size_t at : {150u, 151u, 600u}) more[at].args = mixed(-1).args;
  push_all(more);
  ASSERT_TRUE(all_complete(more, 40s)) << completed(more) << log();
  for (auto const& [id, runs] : begun()) EXPECT_EQ(runs, 1) << id;
  EXPECT_TRUE(store().check().ok());
  EXPECT_EQ(std::filesystem::file_size(path("journal-own")), 0u) << "something of ours went into the job's file";
  std::string const text = log();
  for (kue::Envelope const& job : more) EXPECT_NE(text.find("#" + job.id.str() + " attempt=1 accepted"), text.npos);
  EXPECT_TRUE(lives(worker));
}

// While the store is locked the keeper takes over what has ended (after 20 ms), and holds those entries until it can
// write.
TEST_F(Prefetch, a_child_waits_for_entries_that_the_keeper_still_holds) {
  std::vector<kue::Envelope> const first = quick(400);
  push_all(first);
  pid_t const worker = start({"-c", "1"});
  ASSERT_TRUE(all_complete(first));
  std::vector<pid_t> const before = children(worker);
  std::vector<kue::Envelope> const jobs = quick(6000);
  push_all(jobs);
  for (int i = 0; i < 12; ++i) {
    {
      torture::StoreLock const lock(path("zoo.db"));
      std::this_thread::sleep_for(120ms);
    }
    std::this_thread::sleep_for(5ms);
  }
  ASSERT_TRUE(all_complete(jobs, 60s)) << completed(jobs) << log();
  EXPECT_GE(told_by_the_keeper("completed"), 1) << "the keeper took nothing: this test says nothing";
  EXPECT_EQ(children(worker), before) << "a child took its memory for damaged and ended";
  for (auto const& [id, runs] : begun()) EXPECT_EQ(runs, 1) << id;
}

TEST_F(Prefetch, a_killed_keeper_is_followed_by_one_that_ends_what_it_had_taken) {
  std::vector<kue::Envelope> const first = quick(400);
  push_all(first);
  pid_t const worker = start({"-c", "2"});
  ASSERT_TRUE(all_complete(first));
  std::vector<kue::Envelope> all;
  for (int i = 0; i < 60; ++i) {
    std::vector<kue::Envelope> const some = quick(40);
    all.insert(all.end(), some.begin(), some.end());
    all.push_back(mixed(130));  // longer than what is behind it is left alone
  }
  push_all(all);
  for (int i = 0; i < 10; ++i) {
    pid_t old = 0;
    ASSERT_TRUE(eventually([&] { return (old = keeper(worker)) != 0; }));
    std::this_thread::sleep_for(
        std::chrono::milliseconds(100 + i * 13));  // anywhere between a look and the store's answer
    send(old, SIGKILL);
    ASSERT_TRUE(eventually([&] { return keeper(worker) != old; }));
  }
  ASSERT_TRUE(all_complete(all, 60s)) << completed(all) << log();
  for (auto const& [id, runs] : begun()) EXPECT_EQ(runs, 1) << id;
}

}  // namespace
