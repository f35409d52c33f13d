#include "kue/stores/sqlite/verbs/store.hpp"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <thread>

namespace kue::sqlite {

struct SqliteStore::Old {
  std::int64_t seq = 0;
  State state = State::completed;
  std::string const* queue = nullptr;  // a key of PruneResult::by_queue: its place stays
  std::uint32_t claim_no = 0;
  TimePoint finished_at{};
  JobId id;
};

namespace {

// A prune is many short transactions: a push of another process waits for one of them at most, and gets in between two because
// prune then rests. At full speed it would fill the write-ahead log so fast that pushes wait for checkpoints all the time
// (measured: p99 of a push 8 times as long); at 10,000 rows a second they hardly notice.
constexpr std::size_t kFirstPiece = 64, kLeastPiece = 32, kMostPiece = 512;
constexpr auto kPieceTime = std::chrono::microseconds(2000);
constexpr auto kTimeOfARow = std::chrono::microseconds(100);

enum class Class : int { completed_or_cancelled = 0, discarded = 1 };

struct Kept {
  std::string queue;
  std::int64_t completed = 0, discarded = 0;
};

std::vector<Kept> kept(Connection& db, std::string const& queue) {
  std::vector<Kept> all;
  for (auto row = db.use(Sql::prune_counts, std::string_view(queue)); row.step();) {
    all.push_back({std::string(row.text(0)), row.integer(1), row.integer(2)});
  }
  return all;
}

// Calls take(row) for each job of the class that is too old, or too many whatever its age, until it says false.
template <class Take>
void each_old(Connection& db, std::string const& queue, Class which, TimePoint until, std::int64_t surplus, std::int64_t most, Take&& take) {
  TimePoint const before = surplus > 0 ? TimePoint(Millis::max()) : until;
  std::pair<TimePoint, std::int64_t> last{TimePoint::min(), 0};
  for (auto row = db.use(Sql::prune_oldest, std::string_view(queue), static_cast<int>(which), before, most); row.step();) {
    std::pair const here{row.time(3), row.integer(0)};
    if (here <= last) continue;  // seen already, in another stretch of the same moment
    last = here;
    if (row.time(3) >= until && surplus <= 0) return;
    if (!take(row)) return;
    --surplus;
  }
}

std::chrono::steady_clock::duration rest(std::size_t rows, std::chrono::steady_clock::duration took) {
  return std::clamp<std::chrono::steady_clock::duration>(static_cast<std::int64_t>(rows) * kTimeOfARow - took,
                                                         std::min<std::chrono::steady_clock::duration>(took, std::chrono::milliseconds(20)),
                                                         std::chrono::milliseconds(100));
}

std::size_t next_piece(std::size_t piece, std::chrono::steady_clock::duration took) {
  double const factor =
      static_cast<double>(kPieceTime.count()) / std::max(1.0, static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  return std::clamp(static_cast<std::size_t>(static_cast<double>(piece) * std::min(factor, 2.0)), kLeastPiece, kMostPiece);
}

}  // namespace

// Looks without a write lock. With dry_run it only counts.
std::vector<SqliteStore::Old> SqliteStore::find_old(PruneRequest const& request, PruneResult& result) {
  std::vector<Old> found;
  TimePoint const at = now();
  auto const limit = static_cast<std::int64_t>(std::max(request.limit, 0));
  look("prune of", [&](Connection& db) {
    for (Kept const& one : kept(db, request.queue)) {
      Keep const& keep = request.retention.of(one.queue);
      auto const take = [&](Use& row) {
        if (!request.dry_run && static_cast<std::int64_t>(found.size()) >= limit) {
          result.more = true;
          return false;
        }
        auto const& [name, count] = *result.by_queue.try_emplace(one.queue).first;
        if (request.dry_run) {
          ++result.pruned;
          ++result.by_queue[one.queue];
          return true;
        }
        found.push_back({.seq = row.integer(0),
                         .state = static_cast<State>(row.integer(1)),
                         .queue = &name,
                         .claim_no = row.small(2),
                         .finished_at = row.time(3),
                         .id = row.id(4)});
        return true;
      };
      // One more than there is room for, to know whether another call has work.
      std::int64_t const most = request.dry_run ? -1 : limit - static_cast<std::int64_t>(found.size()) + 1;
      each_old(db, one.queue, Class::completed_or_cancelled, at - keep.completed, one.completed - keep.completed_count, most, take);
      each_old(db, one.queue, Class::discarded, at - keep.discarded, 0, most, take);
    }
  });
  return found;
}

std::int64_t SqliteStore::drop(std::vector<Old> const& old, std::size_t from, std::size_t count, PruneResult& result) {
  std::map<std::string const*, std::int64_t> dropped;
  write(Sync::normal, "prune of", [&](Transaction& tx) {
    dropped.clear();
    std::map<std::pair<std::string const*, bool>, TimePoint> youngest;  // by queue and class
    for (std::size_t i = from; i < from + count; ++i) {
      Old const& job = old[i];
      tx.db().execute(Sql::prune_finished, job.seq, job.finished_at);
      if (tx.db().changes() == 0) continue;  // retried or pruned by another since we looked
      tx.db().execute(Sql::prune_attempts, job.seq);
      tx.db().execute(Sql::prune_job, job.seq);
      tx.changed(
          {.id = job.id, .queue = *job.queue, .verb = Verb::prune, .from = job.state, .to = std::nullopt, .reason = Reason::pruned, .claim_no = job.claim_no});
      ++dropped[job.queue];
      TimePoint& until = youngest[{job.queue, job.state == State::discarded}];
      until = std::max(until, job.finished_at);
    }
    for (auto const& [of, until] : youngest) tx.db().execute(Sql::ended_forget, *of.first, of.second, until);
  });
  std::int64_t all = 0;
  for (auto const& [queue, number] : dropped) {
    result.by_queue[*queue] += number;
    all += number;
  }
  return all;
}

void SqliteStore::forget_dead_nodes() {
  bool const any = look("prune of", [&](Connection& db) {
    auto row = db.use(Sql::prune_nodes_look, now() - limits::kKeepDeadNodes);
    return row.step() && row.integer(0) != 0;
  });
  if (!any) return;
  std::vector<std::uint64_t> forgotten;
  write(Sync::normal, "prune of", [&](Transaction& tx) {
    for (auto row = tx.db().use(Sql::prune_nodes, tx.now() - limits::kKeepDeadNodes); row.step();) forgotten.push_back(row.bits(0));
  });
  for (std::uint64_t const node : forgotten) ::unlink(location_.node_file(node).c_str());
}

void SqliteStore::forget_empty_stretches() {
  bool const any = look("prune of", [](Connection& db) {
    auto row = db.use(Sql::ready_forget_look);
    return row.step() && row.integer(0) != 0;
  });
  if (any) write(Sync::normal, "prune of", [](Transaction& tx) { tx.db().execute(Sql::ready_forget); });
}

PruneResult SqliteStore::prune(PruneRequest const& request) {
  PruneResult result;
  std::vector<Old> const old = find_old(request, result);
  std::size_t piece = kFirstPiece;
  for (std::size_t at = 0; at < old.size();) {
    std::size_t const count = std::min(piece, old.size() - at);
    auto const began = std::chrono::steady_clock::now();
    try {
      result.pruned += drop(old, at, count, result);
    } catch (Error const&) {
      if (at == 0) throw;
      result.more = true;  // what went is gone; the next call says what is wrong
      break;
    }
    at += count;
    auto const took = std::chrono::steady_clock::now() - began;
    piece = next_piece(piece, took);
    if (at < old.size()) std::this_thread::sleep_for(rest(count, took));
  }
  std::erase_if(result.by_queue, [](auto const& entry) { return entry.second == 0; });
  if (!request.dry_run) forget_dead_nodes();
  if (!request.dry_run && !result.more) forget_empty_stretches();
  return result;
}

}  // namespace kue::sqlite
