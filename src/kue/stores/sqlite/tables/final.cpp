// final -> claimable; any but running -> gone.

#include "kue/stores/sqlite/tables/tables.hpp"

#include <sql_texts.hpp>

namespace kue::sqlite {

std::optional<Standing> find(Connection& db, JobId const& id) {
  auto row = db.use(Sql::find, id);
  if (!row.step()) return std::nullopt;
  return Standing{.seq = row.integer(0),
                  .id = id,
                  .state = static_cast<State>(row.integer(1)),
                  .queue = std::string(row.text(2)),
                  .claim_no = row.small(3),
                  .finished_at = row.maybe_time(4)};
}

void Tables::make_claimable(Standing const& final) {
  db().execute(Sql::retry, final.seq, now());
  leave_final(final);
  enter_lane(final.queue, final.seq);
  ledger_.changed({.id = final.id,
                   .queue = final.queue,
                   .verb = Verb::retry,
                   .from = final.state,
                   .to = State::available,
                   .reason = Reason::retried,
                   .claim_no = final.claim_no});
}

void Tables::leave_final(Standing const& job) {
  db().execute(Sql::finished_delete, job.seq);
  db().execute(Sql::ended_left, job.queue, job.state == State::discarded, job.finished_at, job.seq);
}

bool Tables::erase(Standing const& job, Verb verb, Reason reason) {
  if (!is_final(job.state)) {
    db().execute(Sql::unfinished_delete, job.seq);
  } else if (verb == Verb::prune) {  // found without a lock, in numbers: its stretches go together, by forget_ended
    db().execute(Sql::prune_finished, job.seq, job.finished_at);
    if (db().changes() == 0) return false;
  } else {
    leave_final(job);
  }
  db().execute(Sql::prune_attempts, job.seq);
  db().execute(Sql::prune_job, job.seq);
  ledger_.erased(job.seq);
  ledger_.changed({.id = job.id,
                   .queue = job.queue,
                   .verb = verb,
                   .from = job.state,
                   .to = std::nullopt,
                   .reason = reason,
                   .claim_no = job.claim_no});
  return true;
}

void Tables::forget_ended(std::string_view queue, bool discarded, TimePoint until) {
  db().execute(Sql::ended_forget, queue, discarded, until);
}

}  // namespace kue::sqlite
