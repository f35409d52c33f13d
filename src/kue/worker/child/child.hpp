#pragma once
// Child: the process that runs jobs. Pops by itself until it is asked to stop: one job at a time, and several once it
// has seen that they are quick. Jobs that it holds and has not started stand in its entries, where the keeper may take
// them back.

#include "kue/worker/board/post.hpp"
#include "kue/worker/child/child_log.hpp"
#include "kue/worker/child/ended_runs.hpp"
#include "kue/worker/child/prefetch.hpp"
#include "kue/worker/child/sentinel.hpp"
#include "kue/worker/run/outcome_writer.hpp"
#include "kue/worker/run/runner.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kue::worker {

class Child {
 public:
  explicit Child(Post post) : post_(std::move(post)) {}

  // Everything after the fork. Leaves by _exit: static objects of the parent's program are not this process's to
  // destroy.
  [[noreturn]] void live();

 private:
  void settle();           // process, signals, memory
  void wait_for_keeper();  // which brings the store to the newest schema
  void boot();             // queue, services; throws
  void work();
  bool trusted(SteadyPoint now);
  void refill();
  std::vector<Delivery> pop();
  std::vector<Delivery> pop_failed(std::exception const& error);
  void settle_lost_claim();
  void wait_until_known();
  void hold(std::vector<Delivery> deliveries);
  OwnEntry free_entry_for(Delivery const& delivery, SteadyPoint now, int from);  // negative: none became free
  bool holds_any() const { return next_held_ < held_.size(); }
  void run_next(SteadyPoint now);
  void run(Delivery&& delivery, OwnEntry entry, SteadyPoint now);
  void end_of_batch();
  void settle_outcome(Delivery&& delivery, RunReport&& report, OwnEntry entry);
  void settle_own_end(EndedRun&& run);
  void leave_with_open_transaction(EndedRun&& run);
  void write_at_once(EndedRun&& run);
  void write_ended();
  void give_back_held();
  void release_held();
  void note_written(std::span<FinishStatus const> statuses);
  void leave_if_not_intact();
  void ring_keeper();  // if it does not look anyway
  void tell_keeper();
  [[noreturn]] void leave(int code);
  [[noreturn]] void wait_for_the_kill();

  Logger log() const { return post_.options().log; }
  Slot& slot() { return post_.slot(); }

  Post post_;
  std::optional<Sentinel> sentinel_;
  std::optional<ChildLog> lines_;
  std::shared_ptr<Queue> queue_;
  StoreQueue* with_store_ = nullptr;
  std::optional<OutcomeWriter> writer_;
  std::shared_ptr<Services> services_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<StopWatch> watch_;
  Millis pop_trouble_{0};
  bool claim_in_doubt_ = false;  // its answer was lost: the store may have given us jobs

  // The batch as it was claimed, and the entry of each. From next_held_ on they are not started.
  std::vector<Delivery> held_;
  std::vector<OwnEntry> held_entries_;
  std::size_t next_held_ = 0;
  bool in_a_row_ =
      false;  // the running job is one of many short ones: what it costs beside itself is done once for all
  std::optional<EndedRuns> ended_;  // with a store only
  Prefetch prefetch_;
  RunTimes run_times_;
  std::vector<std::string> batch_queues_;
  std::chrono::steady_clock::time_point batch_began_{};
  std::atomic<int> running_entry_{-1};  // for the stop watch's thread
};

}  // namespace kue::worker
