#pragma once
// Worker: takes jobs from a queue and runs them. PreforkingWorker in child processes, SequentialWorker in this one.
//
//   kue::PreforkingWorker worker(registry, {.concurrency = 4});
//   worker.on(kue::WorkerEvent::crash, [](kue::EventInfo const& e) { alert(e.kind, e.failure.message); });
//   return worker.run({.queue = [] { return kue::open_store_queue("sqlite:spark.db"); },  // in each process
//                      .services = [] { return std::make_unique<Mine>(); }});
//
// PreforkingWorker forks: call run() from the only thread, with no store, connection or thread opened before.
// Handlers run where the event happens (see WorkerEvent); one that throws is logged and ignored.

#include <kue/consumer.hpp>
#include <kue/logger.hpp>
#include <kue/queue.hpp>
#include <kue/registry.hpp>
#include <kue/store.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kue {

struct WorkerOptions {
  int concurrency = 1;                   // children; 1 to 256
  std::vector<std::string> queues = {};  // in order of preference; empty: all
  std::vector<int> queue_weights =
      {};  // one a queue, 1 to 1000: the order is drawn at random for each claim; empty: as listed
  Millis stop_timeout = limits::kStopTimeout;
  bool stop_when_empty = false;  // leave when there is no available and no running job
  std::string pid_file = {};     // empty: none
  Millis hard_timeout_grace = limits::kHardTimeoutGrace;
  Millis node_beat = limits::kNodeBeat;
  Millis node_dead = limits::kNodeDead;
  Retention retention = {};                         // of final jobs: the keeper prunes
  Millis respawn_delay = limits::kRespawnDelayMin;  // of a child that fails to start; doubles up to the next
  Millis respawn_delay_max = limits::kRespawnDelayMax;
  Logger log = Logger();
};

// What one process of a worker needs; each is called once in each child and in the keeper.
struct WorkerParts {
  std::function<std::shared_ptr<Queue>()> queue;
  std::function<std::shared_ptr<Services>()> services;
};

class Worker : public Consumer {
 public:
  Worker& on(WorkerEvent event, EventHandler handler) override;

  std::vector<std::string> const& queues() const override { return options_.queues; }
  std::vector<int> const& queue_weights() const override { return options_.queue_weights; }
  WorkerOptions const& options() const { return options_; }
  Registry const& registry() const { return registry_; }

 protected:
  Worker(Registry const& registry, WorkerOptions options) : registry_(registry), options_(std::move(options)) {}
  void emit(EventInfo const& info);
  bool wants(WorkerEvent event) const { return handlers_.contains(event); }  // a handler listens

 private:
  Registry const& registry_;
  WorkerOptions options_;
  std::map<WorkerEvent, std::vector<EventHandler>> handlers_;
};

// Runs jobs in the calling process: for debugging and where there is no fork. A job that crashes ends the program;
// time-outs raise the stop token but cannot kill. TERM, QUIT and INT end it after the job that runs.
class SequentialWorker : public Worker {
 public:
  explicit SequentialWorker(Registry const& registry, WorkerOptions options = {});
  ~SequentialWorker() override;
  int run(WorkerParts const& parts);  // until a signal, or empty if stop_when_empty; exit code as the console's
  void stop() noexcept;               // from any thread or signal handler

  std::uint64_t node() const override;
  std::uint64_t holder() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A master that keeps `concurrency` children alive, and a keeper that gives back what a dead child held.
// Signals of the master: TERM, QUIT: stop, with a deadline. INT: the same, the second INT at once. TTIN, TTOU: one
// child more, fewer. run() returns 0 after a stop, 1 if it could not stop cleanly, 2 for options or a store that cannot
// work, 4 if children could not start, 5 if the pid file says that another worker runs. Each child is a process group
// of its own.
class PreforkingWorker : public Worker {
 public:
  explicit PreforkingWorker(Registry const& registry, WorkerOptions options = {});
  ~PreforkingWorker() override;
  int run(WorkerParts const& parts);

  std::uint64_t node() const override;
  std::uint64_t holder() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kue
