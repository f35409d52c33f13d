// Faults of the PHP original (Kue), each one a test named after it. Here: its master process.

#include "zoo.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

extern char** environ;

using namespace zoo;
using kue::State;

namespace {

struct MasterFaults : Zoo {
  pid_t start_ready(std::vector<std::string> arguments, std::size_t children) {
    pid_t const worker = start(std::move(arguments));
    EXPECT_TRUE(eventually([&] { return ready_children(worker).size() == children && keeper(worker) != 0; }));
    return worker;
  }
  kue::JobId start_job(std::string const& kind, int ms) {
    kue::JobId const job = push(kind, kind == "Loop" ? "{}" : "{\"ms\":" + std::to_string(ms) + "}");
    EXPECT_TRUE(eventually([&] { return journal_says("begin " + kind + " " + job.str()); }));
    return job;
  }
  static int zombies_of(pid_t parent) {
    int found = 0;
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "stat");
      std::string pid, name;
      char state = 0;
      pid_t its_parent = 0;
      if (file >> pid >> name >> state >> its_parent && its_parent == parent && state == 'Z') ++found;
    }
    return found;
  }
};

TEST_F(MasterFaults, fault_08_ttou_never_signals_group_zero) {
  // A bystander in the process group of the master, as a shell's pipeline has it.
  pid_t const worker = start_ready({"-c", "2"}, 2);
  kue::JobId const one = start_job("Sleep", 600), two = start_job("Sleep", 600);
  char name[] = "sleep", time[] = "30";
  char* arguments[] = {name, time, nullptr};
  pid_t bystander = 0;
  ASSERT_EQ(::posix_spawnp(&bystander, "sleep", nullptr, nullptr, arguments, environ), 0);
  ASSERT_EQ(::getpgid(bystander), ::getpgid(worker));
  for (int i = 0; i < 4; ++i) send(worker, SIGTTOU);
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 1; }));
  EXPECT_TRUE(lives(bystander));
  EXPECT_TRUE(lives(worker));
  EXPECT_TRUE(eventually([&] { return state(one) == State::completed && state(two) == State::completed; }))
      << "running jobs finish";
  EXPECT_EQ(record(one).claim_no + record(two).claim_no, 2u);
  EXPECT_EQ(children(worker).size(), 1u) << "never below one";
  ::kill(bystander, SIGKILL);
  ::waitpid(bystander, nullptr, 0);
}

TEST_F(MasterFaults, fault_09_with_too_many_children_more_are_spawned) {
  pid_t const worker = start_ready({"-c", "3"}, 3);
  for (int i = 0; i < 3; ++i) start_job("Sleep", 500);
  send(worker, SIGTTOU);
  ASSERT_TRUE(eventually([&] {
    return log().find("2 children from now on") != std::string::npos;
  }));  // two of one kind at once are one signal
  send(worker, SIGTTOU);
  EXPECT_TRUE(eventually([&] { return children(worker).size() == 1; }));
  EXPECT_EQ(count("event before_fork"), 3);
}

TEST_F(MasterFaults, fault_11_a_killed_child_stays_a_zombie) {
  pid_t const worker = start_ready({"-c", "1", "--grace", "50"}, 1);
  push("Loop", "{}", [](kue::Envelope& e) { e.timeout = 50ms; });
  EXPECT_TRUE(eventually([&] { return count("event child_exit") == 3; }));
  EXPECT_TRUE(eventually([&] { return zombies_of(worker) == 0; }));
}

TEST_F(MasterFaults, fault_12_a_late_heartbeat_makes_a_dead_child_alive_again) {
  pid_t const worker = start_ready({"-c", "2"}, 2);
  std::set<pid_t> dead;
  for (int i = 0; i < 4; ++i) {
    pid_t const victim = ready_children(worker).at(0);
    dead.insert(victim);
    send(victim, SIGKILL);
    ASSERT_TRUE(eventually([&] { return !lives(victim) && ready_children(worker).size() == 2; }));
  }
  EXPECT_EQ(dead.size(), 4u);
  EXPECT_EQ(count("event child_exit"), 4) << "each death once";
  EXPECT_EQ(count("event before_fork"), 6) << "each replaced once";
}

TEST_F(MasterFaults, fault_13_one_message_of_many_is_read_a_turn) {
  pid_t const worker = start_ready({"-c", "4"}, 4);
  for (int i = 0; i < 4; ++i) start_job("Sleep", 60'000);
  auto const victims = ready_children(worker);
  auto const from = std::chrono::steady_clock::now();
  for (pid_t const victim : victims) send(victim, SIGKILL);
  EXPECT_TRUE(eventually([&] { return count("event child_exit") == 4 && count("begin Sleep") == 8; }))
      << "all four at once";
  EXPECT_LT(std::chrono::steady_clock::now() - from, 3s);
}

TEST_F(MasterFaults, fault_14_shutdown_waits_for_one_child_after_another_without_limit) {
  pid_t const worker = start_ready({"-c", "4", "--stop-timeout", "700"}, 4);
  for (int i = 0; i < 4; ++i) start_job("Loop", 0);
  auto const from = std::chrono::steady_clock::now();
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 2500ms) << "one deadline for all, not 4 x 700 ms and more";
}

TEST_F(MasterFaults, fault_15_int_leaves_children_and_term_is_not_handled) {
  for (int const signal : {SIGINT, SIGTERM}) {
    std::string const pid_file = path("worker.pid");
    std::size_t const known = journal("boot").size();
    pid_t const worker = start_ready({"-c", "2", "--pid-file", pid_file}, 2);
    auto members = children(worker);
    members.push_back(keeper(worker));
    send(worker, signal);
    EXPECT_EQ(wait_exit(worker), 0);
    EXPECT_TRUE(std::none_of(members.begin(), members.end(), lives)) << "gone before the master is";
    EXPECT_FALSE(std::filesystem::exists(pid_file));
    EXPECT_GT(journal("boot").size(), known);
  }
}

TEST_F(MasterFaults, fault_16_respawned_children_inherit_the_masters_handlers_and_its_pid_file) {
  std::string const pid_file = path("worker.pid");
  pid_t const worker = start_ready({"-c", "1", "--pid-file", pid_file}, 1);
  pid_t const first = ready_children(worker).at(0);
  send(first, SIGKILL);
  ASSERT_TRUE(eventually([&] { return !lives(first) && ready_children(worker).size() == 1; }));
  kue::JobId const show = push("ShowSignals");
  EXPECT_TRUE(eventually([&] { return state(show) == State::completed; }));
  EXPECT_TRUE(journal_says("signals blocked: handled: 2 3 13 15"))
      << "only its own wish to stop, and that a closed log ends nothing";
  kue::JobId const exits = push("Exit", R"({"code":0})");
  EXPECT_TRUE(eventually([&] { return state(exits) == State::discarded; }));
  EXPECT_TRUE(std::filesystem::exists(pid_file)) << "although a respawned child ran its exit handlers";
}

TEST_F(MasterFaults, fault_17_two_workers_race_for_the_pid_file) {
  std::string const pid_file = path("worker.pid");
  std::vector<pid_t> racers;
  for (int i = 0; i < 3; ++i) racers.push_back(start({"-c", "1", "--pid-file", pid_file}));
  int refused = 0;
  EXPECT_TRUE(eventually([&] {
    std::erase_if(racers, [&](pid_t racer) {
      int const status = wait_exit(racer, 1ms);
      refused += status != -1 && WEXITSTATUS(status) == 5 ? 1 : 0;
      return status != -1;
    });
    return racers.size() == 1;
  }));
  EXPECT_EQ(refused, 2);
  EXPECT_TRUE(eventually([&] { return ready_children(racers.at(0)).size() == 1; }));
  // Killed, it leaves a stale file with a number; whoever has that number now, the next worker starts.
  send(racers.at(0), SIGKILL);
  wait_exit(racers.at(0));
  start_ready({"-c", "1", "--pid-file", pid_file}, 1);
}

TEST_F(MasterFaults, fault_18_children_do_not_notice_the_death_of_their_master) {
  pid_t const worker = start_ready({"-c", "2"}, 2);
  kue::JobId const show = push("ShowSignals");
  EXPECT_TRUE(eventually([&] { return state(show) == State::completed; }));
  std::string const files = journal("files").at(0).text();
  for (std::string const wire : {"eventpoll", "signalfd", "pidfd"})
    EXPECT_EQ(files.find(wire), std::string::npos) << files;
  // The keeper's bell alone: a child rings it when jobs wait behind a long one.
  EXPECT_EQ(files.find("eventfd"), files.rfind("eventfd")) << files;
  start_job("Loop", 0);
  auto members = children(worker);
  members.push_back(keeper(worker));
  send(worker, SIGKILL);
  EXPECT_TRUE(eventually([&] { return std::none_of(members.begin(), members.end(), lives); }, 2s));
}

TEST_F(MasterFaults, fault_19_a_child_that_dies_at_start_is_forked_in_a_tight_loop) {
  pid_t const worker = start({"-c", "2", "--boot", "die", "--respawn", "20"});
  int const status = wait_exit(worker);
  EXPECT_EQ(WEXITSTATUS(status), 4);
  EXPECT_NE(log().find("failed starts in a row; the last: it ended with exit code 9 before it was ready"),
            std::string::npos);
  EXPECT_LE(journal("boot").size(), 24u) << "ten children, and as many keepers at most";
}

TEST_F(MasterFaults, fault_20_connections_opened_before_the_fork_are_shared) {
  pid_t const worker = start_ready({"-c", "2"}, 2);
  // A child opens its store after it has said that it is there.
  for (pid_t const child : ready_children(worker)) {
    EXPECT_TRUE(eventually([&] { return journal_says("boot " + std::to_string(child) + " "); }))
        << "each child opens its own";
  }
  EXPECT_FALSE(journal_says("boot " + std::to_string(worker) + " "));
  for (auto const& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(worker) + "/fd")) {
    std::error_code gone;
    std::string const target = std::filesystem::read_symlink(entry, gone);
    EXPECT_FALSE(target.ends_with("zoo.db") || target.ends_with("zoo.db-wal"))
        << "the master opens no store: " << target;
  }
}

TEST_F(MasterFaults, fault_22_the_sequential_worker_handles_no_signal) {
  pid_t const worker = start({"--sequential"});
  kue::JobId const running = start_job("Sleep", 400), waiting = push("Sleep", R"({"ms":1})");
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
  EXPECT_EQ(state(running), State::completed) << "not in the middle of the job";
  EXPECT_EQ(state(waiting), State::available);
}

}  // namespace
