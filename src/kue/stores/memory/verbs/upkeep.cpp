// prune, check, info, schema.

#include "kue/stores/memory/verbs/store.hpp"

#include <fmt/format.h>

#include <limits>

namespace kue::memory {

PruneResult MemoryStore::prune(PruneRequest const& request) {
  Lock const held = lock();
  TimePoint const now = clock_.now();
  PruneResult result;
  for (std::string const& queue : tables_.queues()) {
    if (!request.queue.empty() && request.queue != queue) continue;
    Keep const& keep = request.retention.of(queue);
    prune_from(queue, tables_.finished(queue), now - keep.completed, keep.completed_count, request, result);
    prune_from(queue, tables_.discarded(queue), now - keep.discarded, std::numeric_limits<std::int64_t>::max(), request,
               result);
  }
  if (!request.dry_run) forget_dead_nodes(now);
  return result;
}

void MemoryStore::forget_dead_nodes(TimePoint now) {
  std::erase_if(nodes_, [&](auto const& entry) {
    auto const& [id, node] = entry;
    return node.dead && node.beat_at < now - limits::kKeepDeadNodes && rows_of(id) == 0;
  });
}

void MemoryStore::prune_from(std::string const& queue, std::set<Moment> const& oldest_first, TimePoint until,
                             std::int64_t keep, PruneRequest const& request, PruneResult& result) {
  auto surplus = static_cast<std::int64_t>(oldest_first.size()) - keep;
  for (auto next = oldest_first.begin(); next != oldest_first.end() && (next->at < until || surplus > 0); --surplus) {
    if (!request.dry_run && result.pruned >= request.limit) {
      result.more = true;
      return;
    }
    std::int64_t const seq = next->seq;
    ++next;  // before it goes
    ++result.pruned;
    ++result.by_queue[queue];
    if (!request.dry_run) tables_.erase(tables_.at(seq), {Verb::prune, Reason::pruned});
  }
}

CheckReport MemoryStore::check() {
  Lock const held = lock();
  return {.problems = tables_.problems(),
          .facts = {fmt::format("{} jobs in {} queues", tables_.by_seq().size(), tables_.queues().size()),
                    fmt::format("{} events", tables_.events().size())}};
}

StoreInfo MemoryStore::info() {
  return {.facts = {{"durability", "none: jobs end with this process"}, {"event_log", event_log_ ? "on" : "off"}}};
}

StoreSchema MemoryStore::schema() {
  return {.exists = true, .version = 1, .newest = 1, .place = "the memory of this process"};
}

}  // namespace kue::memory
