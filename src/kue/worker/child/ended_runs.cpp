#include "kue/worker/child/ended_runs.hpp"

#include <utility>

namespace kue::worker {

void EndedRuns::add(EndedRun&& run) {
  items_.push_back(queue_.describe_finish(run.delivery, run.report.outcome, run.next, run.report.started_at));
  runs_.push_back(std::move(run));
}

std::span<Finish const> EndedRuns::items() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (slot_.word(runs_[i].entry) != EntryWord{runs_[i].entry.generation, EntryState::done})
      continue;  // the keeper writes it, and tells
    if (kept != i) {
      runs_[kept] = std::move(runs_[i]);
      items_[kept] = std::move(items_[i]);
    }
    ++kept;
  }
  runs_.resize(kept);
  items_.resize(kept);
  return items_;
}

void EndedRuns::written(std::span<FinishStatus const> statuses) {
  std::vector<EndedRun> runs = take_all();
  for (std::size_t i = 0; i < runs.size() && i < statuses.size(); ++i) {
    // Whoever takes it out of `done` tells: if the keeper was quicker, both have written the same and one has told.
    if (slot_.clear(runs[i].entry)) tell_(runs[i], statuses[i]);
  }
  runs.clear();
  if (runs_.empty()) runs_.swap(runs);  // its room serves the next batch
}

std::vector<EndedRun> EndedRuns::take_all() {
  items_.clear();
  return std::exchange(runs_, {});
}

}  // namespace kue::worker
