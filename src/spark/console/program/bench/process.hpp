#pragma once
// Processes of a benchmark: everything that touches the store is a process of its own, so that pushing, running and
// measuring never share a connection, a cache or a pid.

#include "spark/console/program/bench/arena.hpp"
#include "spark/console/program/bench/board.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace spark::bench {

// Runs `part` in a forked process and waits. Throws kue::Error with what it said if it failed.
void in_a_process(Board& board, std::function<void()> const& part);
void in_processes(Board& board, std::uint64_t count,
                  std::function<void(std::uint64_t)> const& part);  // several at once

// `spark queue:worker -c N` on a store, logging at the default level into a file.
class WorkerProcess {
 public:
  WorkerProcess(Arena const& arena, int children);
  ~WorkerProcess();  // asks it to stop and waits
  WorkerProcess(WorkerProcess const&) = delete;

  pid_t pid() const { return pid_; }
  bool ready() const;                   // every child is there and waits for jobs
  std::vector<pid_t> family() const;    // master, keeper, children
  std::vector<pid_t> children() const;  // that run jobs
  bool alive();
  void stop();  // throws kue::Error(unavailable) if it does not end well

 private:
  pid_t pid_ = -1;
  int wanted_;
  std::string log_file_;
};

std::int64_t cpu_ns(pid_t process);  // all threads, so far
double pss_mb(pid_t process);        // its share of what is in memory

// Waits for a condition, looking every few milliseconds; false: the time was over first.
bool wait_until(std::function<bool()> const& what, std::chrono::milliseconds most);

}  // namespace spark::bench
