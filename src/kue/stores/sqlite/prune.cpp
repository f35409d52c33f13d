#include "kue/stores/sqlite/store.hpp"

#include <unistd.h>

namespace kue::sqlite {
namespace {

constexpr auto kKeepDeadNodes = std::chrono::hours(24);

struct Old {
  std::int64_t seq = 0;
  State state = State::completed;
  std::string queue;
  std::uint32_t claim_no = 0;
  TimePoint finished_at{};
  JobId id;
};

enum class Class : int { completed_or_cancelled = 0, discarded = 1 };

std::vector<Old> oldest(Connection& db, Class which, std::int64_t limit) {
  std::vector<Old> found;
  for (auto row = db.use(Sql::prune_oldest, static_cast<int>(which), limit); row.step();) {
    found.push_back({.seq = row.integer(0), .state = static_cast<State>(row.integer(1)), .queue = std::string(row.text(2)),
                     .claim_no = row.small(3), .finished_at = row.time(4), .id = row.id(5)});
  }
  return found;
}

void drop(Transaction& tx, Old const& job) {
  tx.db().execute(Sql::prune_attempts, job.seq);
  tx.db().execute(Sql::finished_delete, job.seq);
  tx.db().execute(Sql::prune_job, job.seq);
  tx.changed({.id = job.id, .queue = job.queue, .verb = Verb::prune, .from = job.state, .to = std::nullopt, .reason = Reason::pruned,
              .claim_no = job.claim_no});
}

// `surplus`: how many are too many, whatever their age.
void prune_class(Transaction& tx, Class which, TimePoint until, std::int64_t surplus, PruneRequest const& request, PruneResult& result) {
  auto const room = static_cast<std::int64_t>(std::max(request.limit, 0)) - result.pruned;
  for (Old const& job : oldest(tx.db(), which, room + 1)) {  // one more, to know whether another call has work
    if (job.finished_at >= until && surplus <= 0) return;
    if (result.pruned >= request.limit) {
      result.more = true;
      return;
    }
    drop(tx, job);
    --surplus;
    ++result.pruned;
  }
}

std::int64_t kept(Connection& db) {
  auto row = db.use(Sql::prune_counts);
  return row.step() ? row.integer(0) : 0;
}

}  // namespace

PruneResult SqliteStore::prune(PruneRequest const& request) {
  std::vector<std::uint64_t> forgotten;
  PruneResult const result = write(Sync::normal, "prune of", [&](Transaction& tx) {
    PruneResult pruned;
    std::int64_t const surplus = kept(tx.db()) - request.keep_completed_count;
    prune_class(tx, Class::completed_or_cancelled, tx.now() - request.keep_completed, surplus, request, pruned);
    prune_class(tx, Class::discarded, tx.now() - request.keep_discarded, 0, request, pruned);
    for (auto row = tx.db().use(Sql::prune_nodes, tx.now() - kKeepDeadNodes); row.step();) forgotten.push_back(row.bits(0));
    return pruned;
  });
  for (std::uint64_t const node : forgotten) ::unlink(location_.node_file(node).c_str());
  return result;
}

}  // namespace kue::sqlite
