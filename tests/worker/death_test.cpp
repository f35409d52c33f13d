// The death of a keeper, of a master, of both: nothing is lost, nothing stays behind.

#include "zoo.hpp"

#include <csignal>

using namespace zoo;
using kue::Reason;
using kue::State;

namespace {

struct DeathOf : Zoo {
  pid_t start_ready(std::vector<std::string> arguments, std::size_t wanted) {
    pid_t const worker = start(std::move(arguments));
    EXPECT_TRUE(eventually(
        [&] { return ready_children(worker).size() == wanted && keeper(worker) != 0 && !store().nodes().empty(); }));
    return worker;
  }
  void push_many(int count, int ms) {
    for (int i = 0; i < count; ++i) jobs.push_back(push("Sleep", "{\"ms\":" + std::to_string(ms) + "}"));
  }
  bool all_completed() {
    return std::all_of(jobs.begin(), jobs.end(), [&](kue::JobId job) { return state(job) == State::completed; });
  }
  std::vector<kue::JobId> jobs;
};

TEST_F(DeathOf, the_keeper_is_made_good) {
  pid_t const worker = start_ready({"-c", "2", "--beat", "200", "--dead", "5000"}, 2);
  push_many(60, 10);
  ASSERT_TRUE(eventually([&] { return count("end Sleep") > 3; }));
  pid_t const first = keeper(worker);
  send(first, SIGKILL);
  EXPECT_TRUE(eventually([&] { return keeper(worker) != 0 && keeper(worker) != first; }));
  send(ready_children(worker).at(0), SIGKILL);  // and the next one buries
  EXPECT_TRUE(eventually([&] { return all_completed(); }));
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_LE(count("begin Sleep"), 61);
}

TEST_F(DeathOf, the_keeper_and_a_child_at_once_loses_nothing) {
  pid_t const worker = start_ready({"-c", "1"}, 1);
  kue::JobId const job = push("Sleep", R"({"ms":60000})");
  ASSERT_TRUE(eventually([&] { return journal_says("begin Sleep"); }));
  pid_t const child = ready_children(worker).at(0);
  send(keeper(worker), SIGKILL);
  send(child, SIGKILL);
  EXPECT_TRUE(eventually([&] { return count("begin Sleep " + job.str()) == 2; }));
  EXPECT_EQ(record(job).tally.crashes, 1u) << "charged by the next keeper, once";
}

TEST_F(DeathOf, the_master_leaves_no_process_and_the_next_worker_finishes_the_rest_at_once) {
  pid_t const worker = start_ready({"-c", "3"}, 3);
  push_many(6, 300);
  ASSERT_TRUE(eventually([&] { return journal("begin").size() >= 3; }));
  auto members = children(worker);
  members.push_back(keeper(worker));
  send(worker, SIGKILL);
  wait_exit(worker);
  auto const from = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually([&] { return std::none_of(members.begin(), members.end(), lives); }, 2s));
  start({"-c", "3"});
  EXPECT_TRUE(eventually([&] { return all_completed(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - from, 8s) << "no lease, no beat to wait for";
  for (kue::JobId const job : jobs) {
    EXPECT_EQ(record(job).tally.crashes, 0u) << "the jobs did nothing wrong";
    EXPECT_EQ(record(job).tally.node_losses, 0u) << "the keeper outlived its master";
  }
}

TEST_F(DeathOf, master_and_keeper_at_once_is_seen_by_the_lock_of_the_node) {
  pid_t const worker = start_ready({"-c", "2"}, 2);
  push_many(4, 300);
  ASSERT_TRUE(eventually([&] { return journal("begin").size() >= 2; }));
  auto members = children(worker);
  pid_t const its_keeper = keeper(worker);
  send(its_keeper, SIGKILL);
  send(worker, SIGKILL);
  wait_exit(worker);
  EXPECT_TRUE(eventually([&] { return std::none_of(members.begin(), members.end(), lives); }, 2s));
  auto const from = std::chrono::steady_clock::now();
  start({"-c", "2"});
  EXPECT_TRUE(eventually([&] { return all_completed(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - from, 8s) << "a silent node would be waited for 60 s";
  int lost = 0;
  for (kue::JobId const job : jobs) lost += static_cast<int>(record(job).tally.node_losses);
  EXPECT_GE(lost, 1);
}

TEST_F(DeathOf, a_node_without_a_lock_is_given_up_when_its_beat_stops) {
  // Stopped, not dead: its lock is held, so only its silence tells.
  pid_t const worker = start_ready({"-c", "1", "--beat", "100", "--dead", "700"}, 1);
  kue::JobId const job = push("Sleep", R"({"ms":300})");
  ASSERT_TRUE(eventually([&] { return journal_says("begin Sleep"); }));
  std::vector<pid_t> frozen = children(worker);
  frozen.push_back(keeper(worker));
  frozen.push_back(worker);
  for (pid_t const process : frozen) send(process, SIGSTOP);
  start({"-c", "1", "--beat", "100", "--dead", "700"});
  EXPECT_TRUE(eventually([&] { return state(job) == State::completed; }));
  EXPECT_EQ(record(job).tally.node_losses, 1u);
  for (pid_t const process : frozen) send(process, SIGCONT);
  // Back again, it finds itself declared dead, is refused by the fence, and starts over under a new name.
  EXPECT_TRUE(eventually([&] { return log().find("was declared dead by another") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] {
    std::vector<pid_t> const now = ready_children(worker);
    return !now.empty() && now[0] != frozen.at(0);
  }));
  kue::JobId const next = push("Sleep", R"({"ms":1})");
  EXPECT_TRUE(eventually([&] { return state(next) == State::completed; }));
  EXPECT_EQ(record(job).tally.node_losses, 1u);
  EXPECT_EQ(record(job).state, State::completed);
}

}  // namespace
