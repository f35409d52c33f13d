// Who works here: beat, nodes, rescue, running.

#include "kue/stores/sqlite/tables/nodes.hpp"

#include "kue/stores/sqlite/verbs/store.hpp"

namespace kue::sqlite {
namespace {

constexpr std::uint64_t kEpoch = 1;  // a file has no server that could be restarted

}  // namespace

BeatResult SqliteStore::beat(BeatRequest const& request) {
  return write(Sync::none, [&](Tables& tables) -> BeatResult {
    if (state_of_node(tables.db(), request.node) == NodeState::dead) return {.alive = false, .epoch = kEpoch};
    if (request.leaving)
      leave(tables.db(), request.node);
    else
      note_beat(tables.db(), request, tables.now());
    return {.alive = true, .epoch = kEpoch};
  });
}

std::vector<NodeInfo> SqliteStore::nodes() {
  return file_.look([](Connection& db) { return all_nodes(db); });
}

RescueResult SqliteStore::rescue(RescueRequest const& request) {
  return write(Sync::none, [&](Tables& tables) {
    declare_dead(tables.db(), request);
    return RescueResult{.dead = state_of_node(tables.db(), request.node) ==
                                NodeState::dead};  // also if another did: two rescuers may both go on
  });
}

std::vector<RunningJob> SqliteStore::running(RunningRequest const& request) {
  return file_.look([&](Connection& db) { return running_jobs(db, request); });
}

}  // namespace kue::sqlite
