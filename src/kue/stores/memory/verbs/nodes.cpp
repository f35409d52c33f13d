// Who works here: beat, nodes, rescue, running.

#include "kue/stores/memory/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

namespace kue::memory {
namespace {

constexpr std::uint64_t kEpoch = 1;  // it ends with its process: nobody sees another one

}  // namespace

NodeState MemoryStore::state_of(std::uint64_t node) const {
  auto const found = nodes_.find(node);
  if (found == nodes_.end()) return NodeState::unknown;
  return found->second.dead ? NodeState::dead : NodeState::alive;
}

std::int64_t MemoryStore::rows_of(std::uint64_t node) const {
  std::int64_t rows = 0;
  for (std::int64_t const seq : tables_.running()) rows += tables_.by_seq().at(seq).node == node ? 1 : 0;
  return rows;
}

BeatResult MemoryStore::beat(BeatRequest const& request) {
  Lock const held = lock();
  auto const found = nodes_.find(request.node);
  if (found != nodes_.end() && found->second.dead) return {.alive = false, .epoch = kEpoch};
  if (request.leaving) {
    // No process watches a node that has signed off: jobs that it still held would count as running forever.
    if (std::int64_t const rows = rows_of(request.node); rows > 0) {
      throw Error(
          ErrorKind::conflict,
          fmt::format("node {:x} wants to leave and still holds {} jobs; release them first", request.node, rows));
    }
    nodes_.erase(request.node);
    return {.alive = true, .epoch = kEpoch};
  }
  Node& node = nodes_[request.node];
  node.node = request.node;
  node.name = request.name;
  node.pid = request.pid;
  node.boot_id = request.boot_id;
  node.lock = request.lock;
  node.beat += 1;
  node.beat_at = clock_.now();
  return {.alive = true, .epoch = kEpoch};
}

std::vector<NodeInfo> MemoryStore::nodes() {
  Lock const held = lock();
  std::vector<NodeInfo> all;
  for (auto const& [id, node] : nodes_) {
    all.push_back(node);
    all.back().running = rows_of(id);
  }
  return all;
}

RescueResult MemoryStore::rescue(RescueRequest const& request) {
  Lock const held = lock();
  auto const found = nodes_.find(request.node);
  if (found == nodes_.end()) return {.dead = false};  // it left, and a node leaves nothing behind
  Node& node = found->second;
  if (node.beat == request.beat_seen) node.dead = true;
  return {.dead = node.dead};  // also if another declared it dead: two rescuers may both go on
}

std::vector<RunningJob> MemoryStore::running(RunningRequest const& request) {
  Lock const held = lock();
  std::vector<RunningJob> jobs;
  for (std::int64_t const seq : tables_.running()) {
    Row const& row = tables_.at(seq);
    if (request.node != 0 && row.node != request.node) continue;
    if (request.holder != 0 && row.holder != request.holder) continue;
    jobs.push_back(
        {.claim =
             {.id = row.job.id, .seq = row.seq, .queue = row.job.queue, .holder = row.holder, .claim_no = row.claim_no},
         .kind = row.job.kind,
         .node = row.node,
         .tally = row.tally,
         .claimed_at = row.claimed_at.value(),
         .cancel_asked_at = row.cancel_asked_at});
  }
  return jobs;
}

}  // namespace kue::memory
