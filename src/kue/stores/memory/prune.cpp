#include "kue/stores/memory/store.hpp"

#include <limits>

namespace kue::memory {
namespace {

constexpr auto kKeepDeadNodes = std::chrono::hours(24);  // as long as a process that slept may still come back and must be told

}  // namespace

PruneResult MemoryStore::prune(PruneRequest const& request) {
  Lock const held = lock();
  TimePoint const now = clock_.now();
  PruneResult result;
  prune_from(tables_.finished(), now - request.keep_completed, request.keep_completed_count, request, result);
  prune_from(tables_.discarded(), now - request.keep_discarded, std::numeric_limits<std::int64_t>::max(), request, result);
  forget_dead_nodes(now);
  return result;
}

void MemoryStore::forget_dead_nodes(TimePoint now) {
  std::erase_if(nodes_, [&](auto const& entry) {
    auto const& [id, node] = entry;
    return node.dead && node.beat_at < now - kKeepDeadNodes && rows_of(id) == 0;
  });
}

void MemoryStore::prune_from(std::set<Moment> const& oldest_first, TimePoint until, std::int64_t keep, PruneRequest const& request,
                             PruneResult& result) {
  while (!oldest_first.empty()) {
    bool const too_old = oldest_first.begin()->at < until;
    bool const too_many = static_cast<std::int64_t>(oldest_first.size()) > keep;
    if (!too_old && !too_many) return;
    if (result.pruned >= request.limit) {
      result.more = true;
      return;
    }
    std::int64_t const seq = oldest_first.begin()->seq;
    Row const& row = tables_.at(seq);
    record_event(Verb::prune, row, row.state, std::nullopt, Reason::pruned);
    tables_.erase(seq);
    ++result.pruned;
  }
}

}  // namespace kue::memory
