#include "kue/stores/sqlite/tables/nodes.hpp"
#include "kue/stores/sqlite/tables/queues.hpp"
#include "kue/stores/sqlite/tables/records.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <thread>

namespace kue::sqlite {

struct SqliteStore::Old : Standing {};

namespace {

// A prune is many short transactions: a push of another process waits for one of them at most, and gets in between two
// because prune then rests. At full speed it would fill the write-ahead log so fast that pushes wait for checkpoints
// all the time (measured: p99 of a push 8 times as long); at 10,000 rows a second they hardly notice.
constexpr std::size_t kFirstPiece = 64, kLeastPiece = 32, kMostPiece = 512;
constexpr auto kPieceTime = std::chrono::microseconds(2000);
constexpr auto kTimeOfARow = std::chrono::microseconds(100);

std::chrono::steady_clock::duration rest(std::size_t rows, std::chrono::steady_clock::duration took) {
  return std::clamp<std::chrono::steady_clock::duration>(
      static_cast<std::int64_t>(rows) * kTimeOfARow - took,
      std::min<std::chrono::steady_clock::duration>(took, std::chrono::milliseconds(20)),
      std::chrono::milliseconds(100));
}

std::size_t next_piece(std::size_t piece, std::chrono::steady_clock::duration took) {
  double const factor =
      static_cast<double>(kPieceTime.count()) /
      std::max(1.0, static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  return std::clamp(static_cast<std::size_t>(static_cast<double>(piece) * std::min(factor, 2.0)), kLeastPiece,
                    kMostPiece);
}

}  // namespace

// Looks without a write lock. With dry_run it only counts.
std::vector<SqliteStore::Old> SqliteStore::find_old(PruneRequest const& request, PruneResult& result) {
  std::vector<Old> found;
  TimePoint const at = now();
  auto const limit = static_cast<std::int64_t>(std::max(request.limit, 0));
  // Too old, or too many whatever their age.
  auto const gather = [&](Connection& db, std::string const& queue, bool discarded, TimePoint until,
                          std::int64_t surplus) {
    TimePoint const before = surplus > 0 ? TimePoint(Millis::max()) : until;
    // One more than there is room for, to know whether another call has work.
    std::int64_t const most = request.dry_run ? -1 : limit - static_cast<std::int64_t>(found.size()) + 1;
    each_old(db, queue, discarded, before, most, [&](Standing&& job) {
      if (*job.finished_at >= until && surplus <= 0) return false;
      --surplus;
      if (request.dry_run) {
        ++result.pruned;
        ++result.by_queue[queue];
        return true;
      }
      result.more |= static_cast<std::int64_t>(found.size()) >= limit;
      if (!result.more) found.push_back({std::move(job)});
      return !result.more;
    });
  };
  return file_.look([&](Connection& db) {
    for (Kept const& one : kept_jobs(db, request.queue)) {
      Keep const& keep = request.retention.of(one.queue);
      gather(db, one.queue, false, at - keep.completed, one.completed - keep.completed_count);
      gather(db, one.queue, true, at - keep.discarded, 0);
    }
    return std::move(found);
  });
}

std::int64_t SqliteStore::drop(std::span<Old const> old, PruneResult& result) {
  std::map<std::string, std::int64_t> const dropped = write(Sync::none, [&](Tables& tables) {
    std::map<std::string, std::int64_t> by_queue;
    std::map<std::pair<std::string_view, bool>, TimePoint> youngest;  // by queue and class
    for (Old const& job : old) {
      if (!tables.erase(job, Verb::prune, Reason::pruned)) continue;  // retried or pruned by another since we looked
      ++by_queue[job.queue];
      TimePoint& until = youngest[{job.queue, job.state == State::discarded}];
      until = std::max(until, *job.finished_at);
    }
    for (auto const& [of, until] : youngest) tables.forget_ended(of.first, of.second, until);
    return by_queue;
  });
  std::int64_t all = 0;
  for (auto const& [queue, number] : dropped) {
    result.by_queue[queue] += number;
    all += number;
  }
  return all;
}

void SqliteStore::forget_dead_nodes() {
  TimePoint const before = now() - limits::kKeepDeadNodes;
  if (!file_.look([&](Connection& db) { return any_to_forget(db, before); })) return;
  write(Sync::none, [&](Tables& tables) { return forget_dead(tables.db(), before), true; });
}

PruneResult SqliteStore::prune(PruneRequest const& request) {
  PruneResult result;
  std::vector<Old> const old = find_old(request, result);
  std::size_t piece = kFirstPiece;
  for (std::size_t at = 0; at < old.size();) {
    std::size_t const count = std::min(piece, old.size() - at);
    auto const began = std::chrono::steady_clock::now();
    try {
      result.pruned += drop(std::span(old).subspan(at, count), result);
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
  if (!request.dry_run) forget_dead_nodes();
  if (!request.dry_run && !result.more && file_.look([](Connection& db) { return any_empty_lane(db); }))
    write(Sync::none, [](Tables& tables) { return tables.forget_ready(), true; });
  return result;
}

}  // namespace kue::sqlite
