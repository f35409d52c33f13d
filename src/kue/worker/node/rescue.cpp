#include "kue/worker/node/rescue.hpp"

#include "kue/worker/node/node_lock.hpp"
#include "kue/worker/node/release.hpp"

#include <fmt/format.h>

namespace kue::worker {

void Rescuer::round(Store& store, bool own_beats, SteadyPoint now) {
  std::map<std::uint64_t, Seen> still_there;
  for (NodeInfo const& node : store.nodes()) {
    if (node.node == own_) continue;
    Seen& seen = seen_[node.node];
    if (seen.since == SteadyPoint{} || seen.beat != node.beat || !own_beats) seen = {node.beat, now};
    still_there[node.node] = seen;
    if (dead(store, node, own_beats, now)) release_all(store, node);
  }
  seen_ = std::move(still_there);
}

bool Rescuer::dead(Store& store, NodeInfo const& node, bool own_beats, SteadyPoint now) {
  if (node.dead) return node.running > 0;  // its rescuer may have died before it gave everything back
  bool const silent = own_beats && now - seen_[node.node].since >= dead_after_;
  if (!silent && !is_gone(node, store.capabilities().one_host)) return false;
  // Refused if it beat meanwhile: a compare-and-set on the beat that we saw.
  return store.rescue({.node = node.node, .beat_seen = node.beat}).dead;
}

void Rescuer::release_all(Store& store, NodeInfo const& node) {
  Outcome const lost{
      .kind = Outcome::Kind::node_lost,
      .failure = {.type = "node", .message = fmt::format("its worker on {} (pid {}) died", node.name, node.pid)}};
  remove_lock_of(node.node, node.lock);
  std::map<State, int> counts;
  std::vector<std::string> queues;
  Releaser releaser{store, node.node, node.pid};
  for (RunningJob const& row : store.running({.node = node.node})) {
    Released const released = releaser.write(row, std::nullopt, lost);
    if (!released.written()) continue;
    ++counts[released.transition.to];
    queues.push_back(row.claim.queue);
  }
  if (counts.empty()) return;
  store.wake(queues);
  std::string what;
  for (auto const& [state, count] : counts)
    what += fmt::format("{}{} {}", what.empty() ? "" : ", ", count, to_string(state));
  log_.warn("the worker on {} (pid {}) died; its jobs now: {}", node.name, node.pid, what);
}

}  // namespace kue::worker
