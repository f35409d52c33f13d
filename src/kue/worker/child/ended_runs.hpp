#pragma once
// EndedRuns: runs of a child that have ended and are not in the store yet, so that many are written at once. Each
// outcome also stands in its entry: if the process dies, or does not come to writing it soon, the keeper does.

#include "kue/worker/board/scoreboard.hpp"
#include "kue/worker/run/runner.hpp"

#include <kue/store_queue.hpp>

#include <functional>
#include <span>
#include <vector>

namespace kue::worker {

struct EndedRun {
  Delivery delivery;
  RunReport report;
  Transition next;
  OwnEntry entry;
  SteadyPoint ended_at{};
  JobMark mark;
};

class EndedRuns {
 public:
  // `tell` is called for each run of this child that is in the store now.
  EndedRuns(StoreQueue const& queue, Slot& slot, std::function<void(EndedRun const&, FinishStatus)> tell)
      : queue_(queue), slot_(slot), tell_(std::move(tell)) {
    runs_.reserve(limits::kMaxBatch);
    items_.reserve(limits::kMaxBatch);
  }

  void add(EndedRun&& run);
  bool empty() const { return runs_.empty(); }
  std::size_t size() const { return runs_.size(); }
  SteadyPoint oldest() const { return runs_.front().ended_at; }

  // What is to be written, in order of written(). Runs that the keeper has taken meanwhile are left to it.
  std::span<Finish const> items();
  void written(std::span<FinishStatus const> statuses);
  std::vector<EndedRun> take_all();  // to be written one by one

 private:
  StoreQueue const& queue_;
  Slot& slot_;
  std::function<void(EndedRun const&, FinishStatus)> tell_;
  std::vector<EndedRun> runs_;
  std::vector<Finish> items_;  // the same order
};

}  // namespace kue::worker
