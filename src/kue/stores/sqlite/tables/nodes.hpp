#pragma once
// Nodes: who works here, and what they hold. Not part of a job's life: no move.

#include "kue/stores/sqlite/file/connection.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <vector>

namespace kue::sqlite {

NodeState state_of_node(Connection& db, std::uint64_t node);
std::vector<NodeInfo> all_nodes(Connection& db);
std::vector<RunningJob> running_jobs(Connection& db, RunningRequest const& request);

void note_beat(Connection& db, BeatRequest const& request, TimePoint now);
void leave(Connection& db, std::uint64_t node);  // throws Error(conflict) if it still holds something
void declare_dead(Connection& db, RescueRequest const& request);
bool any_to_forget(Connection& db, TimePoint before);
void forget_dead(Connection& db, TimePoint before);  // long dead, and holding nothing

}  // namespace kue::sqlite
