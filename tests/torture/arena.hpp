#pragma once
// Arena: a folder with a store, journals, workers that are started and killed in it, and the verdict at the end.

#include "processes.hpp"

#include <kue/store_queue.hpp>
#include <kue/testing/checker.hpp>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace torture {

struct Mix {
  int slow_percent = 0;  // jobs that outlive a stop deadline of 300 ms
  bool events = true;    // false: as a store is by default, whose ends take a quicker way; judged by row_verdict.hpp
  bool brief =
      false;  // nine of ten take no time, so that children claim many at once; some of the others keep them waiting
};

// Who was killed when; `pids` are all processes that this kill was meant to end.
struct Kill {
  std::vector<int> pids;
  std::int64_t at_ns = 0;
};

class Arena {
 public:
  Arena(std::string name, std::uint64_t seed, Mix mix = {});
  ~Arena();

  std::mt19937_64& random() { return random_; }
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  void push(int count);
  int pushed() const { return pushed_; }
  void keep_loaded();  // pushes more when little is left, so that every kill comes under load

  // Starts a worker; the one before must be gone or dying.
  int start_worker(int concurrency = 4, milliseconds stop_timeout = milliseconds(25'000));
  int master() const { return master_; }
  std::string store_file() const { return folder_ + "/spark.db"; }
  std::vector<int> job_children() const;                   // of the running worker, without its keeper
  int keeper() const;                                      // 0: none at this moment
  int next_keeper(int but_not, milliseconds limit) const;  // waits for one; 0: none came
  Brood& brood() { return brood_; }

  bool wait_for_runs(std::int64_t more, milliseconds limit);  // than at start_worker or count_runs_from_here, about
  std::int64_t finished();                                    // jobs in a final state
  bool drain(milliseconds limit);                             // until every job is final
  bool end_worker();  // TERM; true if it left in good order, with nothing behind

  void count_runs_from_here() { runs_at_start_ = runs_begun(); }
  bool left_a_run_open(int pid) const;  // a dead process: does its journal end inside a run?

  void kill(int pid);                                // SIGKILL, remembered
  void remember_kill(std::vector<int> const& pids);  // that these processes are about to end, for the measures below
  std::vector<Kill> const& kills() const { return kills_; }

  kue::testing::Verdict verdict();
  // Runs that ended with the death of a process that we killed.
  int cut_short() const { return cut_short_; }
  // From the kill to the next run of the job that was cut short, the longest. Needs verdict().
  milliseconds slowest_recovery() const { return slowest_; }
  kue::testing::History const& history() const { return history_; }
  std::int64_t count_of(std::string_view reason) const;  // events with this reason
  std::vector<std::string> problems_of_store() const { return queue_->store().check().problems; }

  // One row of the table in docs/torture.md, on standard output.
  void print_ledger(kue::testing::Verdict const& verdict, int kills);
  std::string logs() const;  // of the workers: the last lines, for a failure message
  void keep_folder() { keep_ = true; }

 private:
  void measure_recovery();
  std::int64_t runs_begun() const;

  std::string name_;
  std::uint64_t seed_;
  Mix mix_;
  std::mt19937_64 random_;
  std::string folder_;
  bool keep_ = false;
  std::unique_ptr<kue::StoreQueue> queue_;
  std::unique_ptr<kue::testing::JournalWriter> pushes_;
  int pushed_ = 0, workers_ = 0, master_ = 0, cut_short_ = 0;
  std::int64_t runs_at_start_ = 0;
  milliseconds slowest_{0};
  std::vector<Kill> kills_;
  kue::testing::History history_;
  Brood brood_;
};

std::uint64_t seed_of_this_run();  // TORTURE_SEED, or from the system; printed by the arena

}  // namespace torture
