#include <kue/testing/real_worker.hpp>

#include "kue/base/open_descriptors.hpp"
#include "kue/testing/crashes.hpp"

#include <kue/error.hpp>
#include <kue/open_queue.hpp>
#include <kue/testing/temp_store.hpp>
#include <kue/worker.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

namespace kue::testing {
namespace {

constexpr Millis kLook{5};
constexpr int kStops = 20;
constexpr Millis kStopPatience{500};

// A process that closes an SQLite file drops the locks that the other has on it.
void refuse_open_sqlite() {
  for (OpenFile const& file : open_sqlite_files()) {
    throw Error(ErrorKind::refused, "run_worker forks, and this process has the SQLite file " + file.path +
                                        " open; end what uses it first. A TestQueue opens none");
  }
}

std::string slurp(std::string const& path) {
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  return all.str();
}

// In the forked process: standard output and error go to the log; no death leaves a core file.
void settle(std::string const& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing stays when the test is killed
  int const file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  rlimit const none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

int work(Registry const& registry, TempStore const& temp, RealWorkerOptions const& options) {
  std::shared_ptr<StoreQueue> queue;  // of each process: opened after the fork
  PreforkingWorker worker(
      registry,
      {.concurrency = options.concurrency, .stop_when_empty = true, .log = Logger(stderr_sink(), options.log_level)});
  return worker.run({.queue = [&] { return queue = open_store_queue(temp.url(), {.event_log = true}); },
                     .services = [&]() -> std::shared_ptr<Services> {
                       return options.services ? options.services(*queue) : nullptr;
                     }});
}

pid_t start(Registry const& registry, TempStore const& temp, RealWorkerOptions const& options) {
  std::cout.flush();
  std::fflush(nullptr);  // or it is written twice
  pid_t const worker = ::fork();
  if (worker < 0) throw Error(ErrorKind::unavailable, "cannot fork a worker");
  if (worker > 0) return worker;
  settle(temp.path("log"));
  Crashes const crashes(options.crashes);
  set_crashes(&crashes);
  int code = 70;
  try {
    code = work(crashes.around(registry), temp, options);
  } catch (std::exception const& error) {
    Logger().error("the worker of the test ended by an exception: {}", error.what());
  }
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(code);  // no destructor of the test may run here
}

bool ended(pid_t worker, int& status, Millis patience) {
  SteadyPoint const until = Clock::system().steady_now() + patience;
  while (::waitpid(worker, &status, WNOHANG) != worker) {
    if (Clock::system().steady_now() >= until) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

int end_now(pid_t worker) {
  int status = 0;
  for (int i = 0; i < kStops; ++i) {  // the first INT asks to stop, the second one means: now
    ::kill(worker, SIGINT);
    if (ended(worker, status, kStopPatience)) return status;
  }
  ::kill(worker, SIGKILL);
  ::waitpid(worker, &status, 0);
  return status;
}

void wait_for_end(pid_t worker, Millis patience, WorkerReport& report) {
  int status = 0;
  if (!ended(worker, status, patience)) {
    report.timed_out = true;
    status = end_now(worker);
  }
  report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void push(std::string const& url, std::vector<Envelope> const& jobs) {
  std::unique_ptr<Store> const store = open_store(url, {.event_log = true});
  for (Envelope const& job : jobs) job.check();
  store->push({.jobs = jobs});
}

// Why each run of each job ended: what was claimed and given back without a start was no run.
std::map<JobId, std::vector<Reason>> ends_of_runs(Store& store) {
  std::map<JobId, std::vector<Reason>> ends;
  EventsRequest request;
  for (EventsResult page = store.events(request); !page.events.empty(); page = store.events(request)) {
    for (Event const& event : page.events) {
      bool const of_a_run = (event.verb == Verb::finish || event.verb == Verb::release) && !event.stale &&
                            event.reason != Reason::returned;
      if (of_a_run) ends[event.id].push_back(event.reason);
    }
    request.cursor = page.cursor;
  }
  return ends;
}

std::vector<JobHistory> histories(std::string const& url) {
  std::unique_ptr<Store> const store = open_store(url, {.event_log = true});
  std::map<JobId, std::vector<Reason>> ends = ends_of_runs(*store);
  std::vector<JobHistory> all;
  QueryRequest page{.newest_first = false, .limit = 1000};
  do {
    QueryResult result = store->query(page);
    for (JobRecord const& row : result.jobs) {
      if (auto record = store->get(row.job.id)) all.push_back({std::move(*record), std::move(ends[row.job.id])});
    }
    page.cursor = result.cursor;
  } while (!page.cursor.empty());
  return all;
}

}  // namespace

WorkerReport run_worker(Registry const& registry, std::vector<Envelope> const& jobs, RealWorkerOptions const& options) {
  refuse_open_sqlite();
  TempStore const temp;
  push(temp.url(), jobs);
  WorkerReport report;
  wait_for_end(start(registry, temp, options), options.patience, report);
  report.jobs = histories(temp.url());
  report.log = slurp(temp.path("log"));
  return report;
}

std::vector<JobHistory> WorkerReport::of(std::string_view kind) const {
  std::vector<JobHistory> mine;
  for (JobHistory const& history : jobs) {
    if (history.record.job.kind == kind) mine.push_back(history);
  }
  return mine;
}

JobHistory WorkerReport::only(std::string_view kind) const {
  std::vector<JobHistory> mine = of(kind);
  if (mine.size() != 1)
    throw Error(ErrorKind::not_found,
                fmt::format("expected one job of kind {}, there are {}:\n{}", kind, mine.size(), text()));
  return std::move(mine.front());
}

std::string WorkerReport::text() const {
  std::string text = fmt::format("worker ended with {}{}\n", exit_code, timed_out ? ", after it took too long" : "");
  for (JobHistory const& history : jobs) {
    text += fmt::format("  {} {}: {}, runs ended:", history.record.job.kind, history.record.job.args,
                        to_string(history.record.state));
    for (Reason const reason : history.ends) text += fmt::format(" {}", to_string(reason));
    text += "\n";
  }
  return text + log;
}

}  // namespace kue::testing
