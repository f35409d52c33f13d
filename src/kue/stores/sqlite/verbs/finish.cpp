// finish and release: the same write behind the same fence.

#include "kue/stores/sqlite/verbs/finish.hpp"

#include "kue/core/decide.hpp"
#include "kue/stores/sqlite/file/consecutive.hpp"
#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <set>
#include <unordered_set>

namespace kue::sqlite {
namespace {

std::optional<std::string_view> text_or_null(std::string const& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

void write_attempt(Connection& db, std::int64_t seq, Attempt const& attempt) {
  auto const& [claim_no, number, reason, failure, started_at, ended_at, node, pid] = attempt;
  db.execute(Sql::finish_attempt, seq, claim_no, number, static_cast<int>(reason), failure.type, failure.message, failure.backtrace, failure.signal, started_at,
             ended_at, node, pid);
}

void run_again(Transaction& tx, std::int64_t seq, Finish const& item) {
  Transition const& next = item.transition;
  Tally const& t = next.tally;
  auto const result = text_or_null(item.result);
  int const to = static_cast<int>(next.to);
  Place const place = place_of(next.to);
  std::optional<TimePoint> run_at;
  if (place == Place::later) run_at = tx.now() + next.delay;
  tx.db().execute(Sql::finish_again, seq, to, t.attempt, t.max_attempts, t.crashes, t.node_losses, t.interruptions, t.unknown_since, item.started_at, result,
                  run_at, static_cast<int>(place));
  if (place == Place::claimable) tx.db().execute(Sql::ready_return, seq, kMostSkipped);
}

bool is_last_claim(Finish const& item, std::uint64_t holder, std::uint32_t claim_no) {
  return item.holder != 0 && holder == item.holder && (item.claim_no == 0 || claim_no == item.claim_no);
}

// Its counters stay as they are, whatever the run came to.
void cancel_it(Transaction& tx, std::int64_t seq, std::string_view queue, Finish const& item) {
  tx.db().execute(Sql::finish_cancelled, seq, item.started_at, text_or_null(item.result), tx.now());
  tx.db().execute(Sql::ended_add, queue, 0, tx.now(), seq, seq);
  tx.db().execute(Sql::unfinished_delete, seq);
}

std::optional<std::int64_t> known_seq(Finish const& item) { return item.seq > 0 ? std::optional(item.seq) : std::nullopt; }

FinishStatus not_running_for(Transaction& tx, Verb verb, Finish const& item) {
  auto row = tx.db().use(Sql::finish_look_finished, item.id, known_seq(item));
  if (row.step() && is_last_claim(item, row.bits(0), row.small(1))) return FinishStatus::already;
  tx.refused(verb, item);
  return FinishStatus::stale;
}

// A job that runs under the claim which an item names.
struct Running {
  std::int64_t seq = 0;
  State state = State::running;
  std::uint64_t holder = 0;
  std::string queue;
  std::uint32_t claim_no = 0;
  std::uint64_t node = 0;
  bool marked = false;  // by cancel
};

// One that becomes final.
struct End {
  std::int64_t seq = 0;
  Finish const* item = nullptr;
  std::uint32_t claim_no = 0;
  std::string_view queue;
};

void write_column(End const& end, int column, BatchTable::Value& out) {
  Transition const& next = end.item->transition;
  Tally const& t = next.tally;
  switch (column) {
    case 1: return out.set(end.seq);
    case 2: return out.set(static_cast<int>(next.to));
    case 3: return out.set(t.attempt);
    case 4: return out.set(t.max_attempts);
    case 5: return out.set(t.crashes);
    case 6: return out.set(t.node_losses);
    case 7: return out.set(t.interruptions);
    case 8: return out.set(t.unknown_since);
    case 9: return out.set(end.item->started_at);
    case 10: return out.set(text_or_null(end.item->result));
    case 11: return out.set(end.item->holder);
    case 12: return out.set(end.claim_no);
    case 13: return out.set(end.queue);
    default: return out.set(std::nullopt);
  }
}

class Finishing {
 public:
  Finishing(Transaction& transaction, Verb verb, std::span<Finish const> items) : tx_(transaction), verb_(verb), items_(items) {}

  std::vector<FinishStatus> write() {
    if (ends_all_plainly() && end_all()) return std::vector<FinishStatus>(items_.size(), FinishStatus::applied);
    running_.resize(items_.size());
    find_running();  // all looks before the first write
    std::vector<FinishStatus> statuses;
    statuses.reserve(items_.size());
    for (std::size_t at = 0; at < items_.size(); ++at) statuses.push_back(write_one(items_[at], running_[at]));
    if (!write_ends()) throw Error(ErrorKind::corrupt, "sqlite: rows changed inside the transaction that had looked at them");
    forget_held();
    return statuses;
  }

 private:
  // Runs that end their jobs, each known by its claim and named once: nearly every batch. The events need a look: they name the node.
  bool ends_all_plainly() const {
    auto const plain = [](Finish const& item) {
      return item.seq > 0 && item.holder != 0 && item.claim_no > 0 && !item.queue.empty() && is_final(item.transition.to) && !item.attempt;
    };
    auto const not_later = [](Finish const& one, Finish const& next) { return next.seq <= one.seq; };
    return !tx_.writes_events() && std::ranges::all_of(items_, plain) && std::ranges::adjacent_find(items_, not_later) == items_.end();
  }

  // Without a look before: the fence is compared by the statement that writes them. False: one was not held so, and nothing is changed.
  bool end_all() {
    ends_.reserve(items_.size());
    for (Finish const& item : items_) ends_.push_back({item.seq, &item, item.claim_no, item.queue});
    if (!write_ends()) return false;
    forget_held();
    for (Finish const& item : items_) {
      tx_.changed({.id = item.id, .queue = item.queue, .verb = verb_, .from = State::running, .to = item.transition.to, .reason = item.transition.reason});
    }
    return true;
  }

  void find_running() {
    auto const named = batch_of(items_, [](Finish const& item, int column, BatchTable::Value& out) {
      if (column == 1) return out.set(item.id);
      out.set(known_seq(item));
    });
    for (auto row = tx_.db().use_for(named, Sql::finish_look); row.step();) {
      running_[static_cast<std::size_t>(row.integer(0))] = Running{.seq = row.integer(1),
                                                                   .state = static_cast<State>(row.integer(2)),
                                                                   .holder = row.bits(3),
                                                                   .queue = std::string(row.text(4)),
                                                                   .claim_no = row.small(5),
                                                                   .node = row.bits(6),
                                                                   .marked = row.integer(7) != 0};
    }
  }

  FinishStatus write_one(Finish const& item, std::optional<Running> const& job) {
    if (!job) return not_running_for(tx_, verb_, item);
    if (!is_last_claim(item, job->holder, job->claim_no)) {
      tx_.refused(verb_, item);
      return FinishStatus::stale;
    }
    // The same job twice in one call: the first one has ended it.
    if (job->state != State::running || !written_.insert(job->seq).second) return FinishStatus::already;
    Transition const next = job->marked ? core::when_asked_to_cancel(item.transition, {}) : item.transition;
    if (next.to != item.transition.to)
      cancel_it(tx_, job->seq, job->queue, item);
    else if (is_final(next.to))
      ends_.push_back({job->seq, &item, job->claim_no, job->queue});
    else
      run_again(tx_, job->seq, item);
    if (item.attempt) write_attempt(tx_.db(), job->seq, *item.attempt);
    tx_.changed({.id = item.id,
                 .queue = job->queue,
                 .verb = verb_,
                 .from = State::running,
                 .to = next.to,
                 .reason = next.reason,
                 .claim_no = job->claim_no,
                 .holder = item.holder,
                 .node = job->node});
    if (!is_final(next.to)) tx_.wake(job->queue);
    return FinishStatus::applied;
  }

  // False: the fence kept one out, and none is written.
  bool write_ends() {
    if (ends_.empty()) return true;
    auto const rows = batch_of(ends_, write_column);
    tx_.db().execute_for(rows, Sql::finish_final, tx_.now());
    if (tx_.db().changes() != static_cast<std::int64_t>(ends_.size())) {
      tx_.db().execute_for(rows, Sql::finish_undo);
      ends_.clear();
      return false;
    }
    if (consecutive(ends_, &End::seq))
      tx_.db().execute(Sql::unfinished_delete_range, ends_.front().seq, ends_.back().seq);
    else
      tx_.db().execute_for(rows, Sql::unfinished_delete_all);
    note_ends();
    return true;
  }

  void note_ends() {
    StretchesOf<std::pair<std::string_view, bool>> ended;
    for (End const& end : ends_) ended.add({end.queue, end.item->transition.to == State::discarded}, end.seq);
    ended.each([&](auto const& of, Stretch const& stretch) { tx_.db().execute(Sql::ended_add, of.first, of.second, tx_.now(), stretch.first, stretch.last); });
  }

  void forget_held() {
    std::set<std::uint64_t> holders;
    for (Finish const& item : items_) holders.insert(item.holder);
    for (std::uint64_t const holder : holders) tx_.db().execute(Sql::held_forget, holder);
  }

  Transaction& tx_;
  Verb const verb_;
  std::span<Finish const> const items_;
  std::vector<std::optional<Running>> running_;  // one an item
  std::unordered_set<std::int64_t> written_;
  std::vector<End> ends_;
};

}  // namespace

void refuse_unknown_transitions(Verb verb, std::span<Finish const> items) {
  for (Finish const& item : items) {
    if (allowed(verb, State::running, item.transition.to, item.transition.reason)) continue;
    throw Error(ErrorKind::invalid, fmt::format("sqlite: {} of job {} asks for running -> {} because of {}, which is no transition of a job's life "
                                                "(kue/state.hpp)",
                                                to_string(verb), item.id.str(), to_string(item.transition.to), to_string(item.transition.reason)));
  }
}

std::vector<FinishStatus> write_finishes(Transaction& transaction, Verb verb, std::span<Finish const> items) {
  if (items.empty()) return {};
  return Finishing(transaction, verb, items).write();
}

FinishResult SqliteStore::finish(FinishRequest const& request) {
  refuse_unknown_transitions(Verb::finish, request.items);
  return write(Sync::normal, "finish in", [&](Transaction& tx) { return FinishResult{write_finishes(tx, Verb::finish, request.items)}; });
}

ReleaseResult SqliteStore::release(ReleaseRequest const& request) {
  refuse_unknown_transitions(Verb::release, request.items);
  return write(Sync::normal, "release in", [&](Transaction& tx) { return ReleaseResult{write_finishes(tx, Verb::release, request.items)}; });
}

void SqliteStore::progress(ProgressRequest const& request) {
  write(Sync::normal, "progress in", [&](Transaction& tx) {
    for (auto const& [id, holder, progress] : request.items) tx.db().execute(Sql::progress, id, holder, progress.percent, progress.note);
  });
}

}  // namespace kue::sqlite
