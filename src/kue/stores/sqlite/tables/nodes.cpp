#include "kue/stores/sqlite/tables/nodes.hpp"

#include "kue/stores/sqlite/tables/rows.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sql_texts.hpp>

namespace kue::sqlite {

NodeState state_of_node(Connection& db, std::uint64_t node) {
  auto row = db.use(Sql::node_state, node);
  if (!row.step()) return NodeState::unknown;
  return row.integer(0) == 0 ? NodeState::alive : NodeState::dead;
}

std::vector<NodeInfo> all_nodes(Connection& db) {
  std::vector<NodeInfo> found;
  for (auto row = db.use(Sql::nodes); row.step();) {
    found.push_back({.node = row.bits(0),
                     .name = std::string(row.text(1)),
                     .pid = static_cast<int>(row.integer(2)),
                     .beat = row.bits(3),
                     .dead = row.integer(4) != 0,
                     .boot_id = std::string(row.text(6)),
                     .lock = {.path = std::string(row.text(7)), .device = row.bits(8), .inode = row.bits(9)},
                     .running = row.integer(5)});
  }
  return found;
}

std::vector<RunningJob> running_jobs(Connection& db, RunningRequest const& request) {
  std::vector<RunningJob> found;
  for (auto row = db.use(Sql::running, request.node, request.holder); row.step();) {
    found.push_back({.claim = {.id = row.id(0),
                               .seq = row.integer(1),
                               .queue = std::string(row.text(2)),
                               .lane = row.integer(3),
                               .holder = row.bits(4),
                               .claim_no = row.small(5)},
                     .kind = std::string(row.text(6)),
                     .node = row.bits(7),
                     .tally = read_tally(row, 8),
                     .claimed_at = row.time(14),
                     .cancel_asked_at = row.maybe_time(15)});
  }
  return found;
}

void note_beat(Connection& db, BeatRequest const& request, TimePoint now) {
  db.execute(Sql::beat, request.node, request.name, request.pid, now, request.boot_id, request.lock.path,
             request.lock.device, request.lock.inode);
}

void leave(Connection& db, std::uint64_t node) {
  std::int64_t rows = 0;
  {
    auto row = db.use(Sql::node_rows, node);
    if (row.step()) rows = row.integer(0);
  }
  // No process watches a node that has signed off: jobs that it still held would count as running forever.
  if (rows > 0)
    throw Error(ErrorKind::conflict,
                fmt::format("node {:x} wants to leave and still holds {} jobs; release them first", node, rows));
  db.execute(Sql::beat_leave, node);
}

void declare_dead(Connection& db, RescueRequest const& request) {
  db.execute(Sql::rescue, request.node, request.beat_seen);
}

bool any_to_forget(Connection& db, TimePoint before) {
  auto row = db.use(Sql::prune_nodes_look, before);
  return row.step() && row.integer(0) != 0;
}

void forget_dead(Connection& db, TimePoint before) { db.execute(Sql::prune_nodes, before); }

}  // namespace kue::sqlite
