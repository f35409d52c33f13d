// running -> final, waiting; and what is noted of a run.

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/tables/consecutive.hpp"
#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"
#include "kue/stores/sqlite/tables/tables.hpp"

#include <sql_texts.hpp>

namespace kue::sqlite {
namespace {

std::optional<std::string_view> text_or_null(std::string const& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::int64_t number_of(End const& end) { return end.item->claim.seq; }

void write_column(End const& end, int column, BatchTable::Value& out) {
  auto const& [claim, next, started_at, attempt, result] = *end.item;
  Tally const& t = next.tally;
  switch (column) {
    case 1: return out.set(claim.seq);
    case 2: return out.set(static_cast<int>(next.to));
    case 3: return out.set(t.attempt);
    case 4: return out.set(t.max_attempts);
    case 5: return out.set(t.crashes);
    case 6: return out.set(t.node_losses);
    case 7: return out.set(t.interruptions);
    case 8: return out.set(t.unknown_since);
    case 9: return out.set(started_at);
    case 10: return out.set(text_or_null(result));
    case 11: return out.set(claim.holder);
    case 12: return out.set(claim.claim_no);
    case 13: return out.set(claim.queue);
    case 14: return out.set(claim.lane);
    default: return out.set(std::nullopt);
  }
}

Ledger::Change change_of(Finish const& item, JobId const& id, std::uint64_t node, Verb verb) {
  return {.id = id,
          .queue = item.claim.queue,
          .verb = verb,
          .from = State::running,
          .to = item.transition.to,
          .reason = item.transition.reason,
          .claim_no = item.claim.claim_no,
          .holder = item.claim.holder,
          .node = node};
}

}  // namespace

bool Tables::make_final(std::span<End const> ends, Verb verb) {
  if (ends.empty()) return true;
  auto const rows = batch_of(ends, write_column);
  db().execute_for(rows, Sql::finish_final, now());
  if (db().changes() != static_cast<std::int64_t>(ends.size())) {
    db().execute_for(rows, Sql::finish_undo);
    return false;
  }
  if (consecutive(ends, number_of))
    db().execute(Sql::unfinished_delete_range, number_of(ends.front()), number_of(ends.back()));
  else
    db().execute_for(rows, Sql::unfinished_delete_all);
  StretchesOf<std::pair<std::string_view, bool>> ended;
  for (End const& end : ends) {
    ended.add({end.item->claim.queue, end.item->transition.to == State::discarded}, number_of(end));
    ledger_.changed(change_of(*end.item, end.id, end.node, verb));
  }
  ended.each([&](auto const& of, Stretch const& stretch) {
    db().execute(Sql::ended_add, of.first, of.second, now(), stretch.first, stretch.last);
  });
  return true;
}

// Its counters stay as they are, whatever the run came to.
void Tables::make_cancelled(Running const& job, Finish const& item, Verb verb) {
  db().execute(Sql::finish_cancelled, job.seq, item.started_at, text_or_null(item.result), now());
  db().execute(Sql::ended_add, job.queue, 0, now(), job.seq, job.seq);
  db().execute(Sql::unfinished_delete, job.seq);
  Ledger::Change change = change_of(item, job.id, job.node, verb);
  change.to = State::cancelled;
  change.reason = Reason::cancelled;
  ledger_.changed(change);
}

void Tables::make_waiting(Running const& job, Finish const& item, Verb verb) {
  Transition const& next = item.transition;
  Tally const& t = next.tally;
  Place const place = place_of(next.to);
  std::optional<TimePoint> run_at;
  if (place == Place::later) run_at = now() + next.delay;
  db().execute(Sql::finish_again, job.seq, static_cast<int>(next.to), t.attempt, t.max_attempts, t.crashes,
               t.node_losses, t.interruptions, t.unknown_since, item.started_at, text_or_null(item.result), run_at,
               static_cast<int>(place));
  if (place == Place::claimable) enter_lane(job.queue, job.seq);
  ledger_.changed(change_of(item, job.id, job.node, verb));
}

void Tables::mark_for_cancel(Standing const& running) { db().execute(Sql::cancel_running, running.seq, now()); }

void Tables::note_attempt(std::int64_t seq, Attempt const& attempt) {
  auto const& [claim_no, number, reason, failure, started_at, ended_at, node, pid, record] = attempt;
  db().execute(Sql::finish_attempt, seq, claim_no, number, static_cast<int>(reason), failure.type, failure.message,
               failure.signal, started_at, ended_at, node, pid, text_or_null(record));
  db().execute(Sql::finish_attempt_trim, seq, limits::kWholeAttempts);
  db().execute(Sql::finish_attempt_drop, seq, limits::kMaxAttempts);
}

void Tables::note_progress(Claim const& claim, Progress const& progress) {
  db().execute(Sql::progress, claim.seq, claim.queue, claim.lane, claim.holder, claim.claim_no, progress.percent,
               progress.note);
}

void Tables::forget_held(std::set<std::uint64_t> const& holders) {
  for (std::uint64_t const holder : holders) db().execute(Sql::held_forget, holder);
}

std::vector<std::optional<Running>> find_running(Connection& db, std::span<Finish const> items) {
  std::vector<std::optional<Running>> running(items.size());
  auto const named = batch_of(items, [](Finish const& item, int, BatchTable::Value& out) { out.set(item.claim.seq); });
  for (auto row = db.use_for(named, Sql::finish_look); row.step();) {
    auto const at = static_cast<std::size_t>(row.integer(0));
    running[at] = Running{.seq = items[at].claim.seq,
                          .id = row.id(8),
                          .state = static_cast<State>(row.integer(1)),
                          .holder = row.bits(2),
                          .queue = std::string(row.text(3)),
                          .lane = row.integer(4),
                          .claim_no = row.small(5),
                          .node = row.bits(6),
                          .marked = row.integer(7) != 0};
  }
  return running;
}

bool was_last_claim(Connection& db, Claim const& claim) {
  auto row = db.use(Sql::finish_look_finished, claim.seq);
  bool const known_lane = claim.lane == kPlainLane;  // a final row keeps none
  return row.step() && known_lane && claim.holder != 0 && row.bits(0) == claim.holder &&
         row.small(1) == claim.claim_no && row.text(2) == claim.queue;
}

}  // namespace kue::sqlite
