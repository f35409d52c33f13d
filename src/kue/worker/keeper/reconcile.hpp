#pragma once
// Reconcile: compares what the store says that this node runs with what its processes say. After an answer that was
// lost on the way, the two differ, and nobody else would ever notice.

#include "kue/worker/board/scoreboard.hpp"
#include "kue/worker/node/release.hpp"

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <map>
#include <utility>

namespace kue::worker {

class Reconciler {
 public:
  Reconciler(std::uint64_t node, Logger log) : node_(node), log_(std::move(log)) {}

  void look(Store& store, Scoreboard& board, SteadyPoint now);
  // From now on and until all agree that is the reason of what is given back: the store may have forgotten the last
  // claims and ends.
  void store_restarted() { why_ = Outcome::Kind::store_restart; }

 private:
  using Key = std::pair<JobId, std::uint32_t>;  // a claim
  void release_lost(Store& store, std::vector<RunningJob> const& rows, Scoreboard const& board, SteadyPoint now);
  void stop_strangers(std::vector<RunningJob> const& rows, std::map<Key, Slot*> const& running_before);

  std::uint64_t node_;
  Logger log_;
  Outcome::Kind why_ = Outcome::Kind::lost_call;
  std::map<Key, SteadyPoint> rows_in_no_entry_;  // since when
  std::map<Key, Slot*> not_ours_;                // running here, not for us in the store: in the last look
};

}  // namespace kue::worker
