#pragma once
// RealWorker: jobs in a real worker with real child processes, which can be made to die where it hurts most.
//
//   kue::testing::WorkerReport const report = kue::testing::run_worker(
//       registry, {kue::make_envelope(ChargeCard(7))},
//       {.services = [&](kue::Queue&) { return std::make_shared<MyServices>(gateway); },
//        .crashes = {{.kind = "ChargeCard", .at = kue::testing::Crash::after_run}}});
//   EXPECT_EQ(report.job<ChargeCard>().ends, (std::vector{kue::Reason::crashed, kue::Reason::completed}));
//
// The jobs, and those that they push, go into an SQLite store in a temporary folder; a PreforkingWorker in a child
// process runs what is due until nothing is left. A job that fails waits for its retry, and is not waited for. What the
// jobs change in the memory of their processes the test does not see: use files, or SharedCount.
// Call it with no other thread and no SQLite file open in this process (Error(refused) otherwise): it forks.

#include <kue/logger.hpp>
#include <kue/queue.hpp>
#include <kue/registry.hpp>
#include <kue/store.hpp>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kue::testing {

// Lets a process that runs a job of this kind die.
struct Crash {
  enum Point {
    before_run,  // after the claim, before run() does anything
    after_run,   // run() has returned: its effects are there, and nobody has written down that it is done
    at_mark,     // where crash_mark(mark) is called, for example by the test's own mail server
  };
  std::string kind = {};  // empty: any
  Point at = after_run;
  std::string mark = {};
  int signal = SIGKILL;
  std::optional<int> exit_code = {};  // instead of a signal
  int times = 1;                      // then the jobs run through
};

// A place where a Crash may happen. Does nothing outside of run_worker(), or if no Crash names it.
void crash_mark(std::string_view mark);

struct RealWorkerOptions {
  // Called once in each process of the worker; the queue is the worker's own, for jobs that push.
  std::function<std::shared_ptr<Services>(Queue& queue)> services = {};
  std::vector<Crash> crashes = {};
  int concurrency = 1;
  Millis patience{60'000};  // then the worker is ended
  LogLevel log_level = LogLevel::info;
};

struct JobHistory {
  JobRecord record = {};
  std::vector<Reason> ends = {};  // why each run ended, oldest first: crashed, completed
};

struct WorkerReport {
  int exit_code = -1;                 // 0: it ran until nothing was left
  bool timed_out = false;             // it was ended when patience was
  std::vector<JobHistory> jobs = {};  // oldest first
  std::string log = {};               // what worker and jobs wrote on stdout and stderr

  std::vector<JobHistory> of(std::string_view kind) const;
  template <Job J> JobHistory job() const { return only(kind_of<J>()); }  // there must be one; Error(not_found)
  std::string text() const;                                               // for the message of an assertion

 private:
  JobHistory only(std::string_view kind) const;
};

WorkerReport run_worker(Registry const& registry, std::vector<Envelope> const& jobs,
                        RealWorkerOptions const& options = {});

}  // namespace kue::testing
