// finish and release: the same write behind the same fence.

#include "kue/stores/sqlite/finish.hpp"

#include "kue/core/decide.hpp"
#include "kue/stores/sqlite/rows.hpp"
#include "kue/stores/sqlite/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

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

void move_on(Transaction& tx, std::int64_t seq, Finish const& item) {
  Transition const& next = item.transition;
  Tally const& t = next.tally;
  auto const result = text_or_null(item.result);
  int const to = static_cast<int>(next.to);
  if (is_final(next.to)) {
    tx.db().execute(Sql::finish_final, seq, to, t.attempt, t.max_attempts, t.crashes, t.node_losses, t.interruptions, t.unknown_since, item.started_at, result,
                    tx.now());
    tx.db().execute(Sql::live_delete, seq);
    return;
  }
  Place const place = place_of(next.to);
  std::optional<TimePoint> run_at;
  if (place == Place::later) run_at = tx.now() + next.delay;
  tx.db().execute(Sql::finish_again, seq, to, t.attempt, t.max_attempts, t.crashes, t.node_losses, t.interruptions, t.unknown_since, item.started_at, result,
                  run_at, static_cast<int>(place));
}

bool is_last_claim(Finish const& item, std::uint64_t holder, std::uint32_t claim_no) {
  return item.holder != 0 && holder == item.holder && (item.claim_no == 0 || claim_no == item.claim_no);
}

// Its counters stay as they are, whatever the run came to.
void cancel_it(Transaction& tx, std::int64_t seq, Finish const& item) {
  tx.db().execute(Sql::finish_cancelled, seq, item.started_at, text_or_null(item.result), tx.now());
  tx.db().execute(Sql::live_delete, seq);
}

FinishStatus not_running_for(Transaction& tx, Verb verb, Finish const& item) {
  auto row = tx.db().use(Sql::finish_look_finished, item.id);
  if (row.step() && is_last_claim(item, row.bits(0), row.small(1))) return FinishStatus::already;
  tx.refused(verb, item);
  return FinishStatus::stale;
}

FinishStatus write_one(Transaction& tx, Verb verb, Finish const& item) {
  std::int64_t seq = 0;
  std::string queue;
  std::uint32_t claim_no = 0;
  std::uint64_t node = 0;
  bool marked = false;
  {
    auto row = tx.db().use(Sql::finish_look, item.id);
    if (!row.step()) return not_running_for(tx, verb, item);
    if (!is_last_claim(item, row.bits(2), row.small(4))) {
      tx.refused(verb, item);
      return FinishStatus::stale;
    }
    if (row.integer(1) != static_cast<int>(State::running)) return FinishStatus::already;
    seq = row.integer(0);
    queue = row.text(3);
    claim_no = row.small(4);
    node = row.bits(5);
    marked = row.integer(6) != 0;
  }
  Transition const next = marked ? core::when_asked_to_cancel(item.transition, {}) : item.transition;
  if (next.to != item.transition.to)
    cancel_it(tx, seq, item);
  else
    move_on(tx, seq, item);
  if (item.attempt) write_attempt(tx.db(), seq, *item.attempt);
  tx.changed({.id = item.id,
              .queue = queue,
              .verb = verb,
              .from = State::running,
              .to = next.to,
              .reason = next.reason,
              .claim_no = claim_no,
              .holder = item.holder,
              .node = node});
  if (!is_final(next.to)) tx.wake(queue);
  return FinishStatus::applied;
}

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
  std::vector<FinishStatus> statuses;
  statuses.reserve(items.size());
  for (Finish const& item : items) statuses.push_back(write_one(transaction, verb, item));
  return statuses;
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
