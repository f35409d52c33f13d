// Who works here: beat, nodes, rescue, running.

#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace kue::sqlite {
namespace {

// The master of a node and its children hold this file locked. Free: none of them lives. No file: nothing is known, a program that
// pops without a worker has none.
bool lock_file_is_free(std::string const& file) {
  Fd const lock(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  // Shared, so that two who look at the same time do not take each other for the owner.
  return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) == 0;
}

void leave(Connection& db, std::uint64_t node) {
  auto row = db.use(Sql::node_rows, node);
  if (row.step() && row.integer(0) > 0) {
    // A node that left is looked after by nobody: what it still held would run for ever in the books.
    throw Error(ErrorKind::conflict, fmt::format("sqlite: node {:x} wants to leave and still holds {} jobs; release them first", node, row.integer(0)));
  }
  db.execute(Sql::beat_leave, node);
}

bool dead(Connection& db, std::uint64_t node) {
  auto row = db.use(Sql::node_state, node);
  return row.step() && row.integer(0) != 0;
}

}  // namespace

BeatResult SqliteStore::beat(BeatRequest const& request) {
  if (request.node == 0) throw Error(ErrorKind::invalid, "sqlite: beat of node 0, which means nobody. Use kue::random_bits().");
  BeatResult const result = write(Sync::normal, "beat in", [&](Transaction& tx) -> BeatResult {
    if (dead(tx.db(), request.node)) return {.alive = false};
    if (request.leaving)
      leave(tx.db(), request.node);
    else
      tx.db().execute(Sql::beat, request.node, request.name, request.pid, tx.now());
    return {.alive = true};
  });
  if (request.leaving) ::unlink(location_.node_file(request.node).c_str());
  return result;
}

std::vector<NodeInfo> SqliteStore::nodes() {
  auto nodes = look("looking at the nodes of", [](Connection& db) {
    std::vector<NodeInfo> found;
    for (auto row = db.use(Sql::nodes); row.step();) {
      found.push_back({.node = row.bits(0),
                       .name = std::string(row.text(1)),
                       .pid = static_cast<int>(row.integer(2)),
                       .beat = row.bits(3),
                       .dead = row.integer(4) != 0,
                       .running = row.integer(5)});
    }
    return found;
  });
  for (NodeInfo& node : nodes) node.gone = lock_file_is_free(location_.node_file(node.node));
  return nodes;
}

RescueResult SqliteStore::rescue(RescueRequest const& request) {
  return write(Sync::normal, "rescue in", [&](Transaction& tx) {
    tx.db().execute(Sql::rescue, request.node, request.beat_seen);
    return RescueResult{.dead = dead(tx.db(), request.node)};  // also if another declared it dead: two rescuers may both go on
  });
}

std::vector<RunningJob> SqliteStore::running(RunningRequest const& request) {
  return look("looking at the running jobs of", [&](Connection& db) {
    std::vector<RunningJob> found;
    for (auto row = db.use(Sql::running, request.node, request.holder); row.step();) {
      found.push_back({.id = row.id(0),
                       .kind = std::string(row.text(1)),
                       .queue = std::string(row.text(2)),
                       .holder = row.bits(3),
                       .node = row.bits(4),
                       .claim_no = row.small(5),
                       .tally = read_tally(row, 6),
                       .claimed_at = row.time(12),
                       .cancel_asked_at = row.maybe_time(13)});
    }
    return found;
  });
}

}  // namespace kue::sqlite
