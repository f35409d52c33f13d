// waiting -> claimable, running, cancelled; and out of lanes whose jobs are gone.

#include "kue/stores/sqlite/tables/consecutive.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"
#include "kue/stores/sqlite/tables/tables.hpp"

#include <sql_texts.hpp>

#include <algorithm>
#include <utility>

namespace kue::sqlite {
namespace {

std::int64_t number_of(Claimed const& job) { return job.claim.seq; }

}  // namespace

// Folded first: the tail lies behind all stretches of its lane.
void Tables::enter_lane(std::string_view queue, std::int64_t seq) {
  ledger_.fold(queue);
  db().execute(Sql::ready_return, seq, kMostSkipped);
}

// In the order of their numbers, so that each may make the stretch of the one before longer.
void Tables::make_due(std::string_view queue, std::vector<std::int64_t> seqs) {
  std::ranges::sort(seqs);
  auto const rows = batch_of(seqs, [](std::int64_t seq, int, BatchTable::Value& out) { out.set(seq); });
  db().execute_for(rows, Sql::claim_make_due);
  for (std::int64_t const seq : seqs) enter_lane(queue, seq);
}

void Tables::make_running(Take const& take, ClaimRequest const& by) {
  // Empty stretches that stood before the last one taken go, too: each claim would walk along them.
  for (auto const& [queue, up_to] : take.fronts) {
    if (!up_to) {
      db().execute(Sql::ready_clear, queue);
      continue;
    }
    Spot const& last = *up_to;
    db().execute(Sql::ready_drop, queue, last.priority, last.lane, last.seq);
    db().execute(Sql::ready_cut, queue, last.priority, last.lane, last.seq);
  }
  for (Candidate const& each : take.damaged) put_aside(each, by);
  if (take.jobs.empty()) return;
  if (consecutive(take.jobs, number_of)) {
    db().execute(Sql::claim_take_range, by.holder, by.node, now(), number_of(take.jobs.front()),
                 number_of(take.jobs.back()));
  } else {
    auto const rows =
        batch_of(take.jobs, [](Claimed const& each, int, BatchTable::Value& out) { out.set(each.claim.seq); });
    db().execute_for(rows, Sql::claim_take, by.holder, by.node, now());
  }
  StretchesOf<std::int64_t> held;
  for (std::size_t at = 0; at < take.jobs.size(); ++at) {
    Claim const& claim = take.jobs[at].claim;
    held.add(claim.lane, claim.seq);
    ledger_.changed({.id = claim.id,
                     .queue = claim.queue,
                     .verb = Verb::claim,
                     .from = take.from[at],
                     .to = State::running,
                     .reason = Reason::claimed,
                     .claim_no = claim.claim_no,
                     .holder = by.holder,
                     .node = by.node});
  }
  held.each([&](std::int64_t lane, Stretch const& stretch) {
    db().execute(Sql::held_add, by.holder, lane, stretch.first, stretch.last);
  });
}

void Tables::put_aside(Candidate const& damaged, ClaimRequest const& by) {
  Claim const& claim = damaged.claimed.claim;
  std::int64_t const seq = claim.seq;
  db().execute(Sql::claim_put_aside, seq, now(), claim.queue);
  db().execute(Sql::ended_add, claim.queue, 1, now(), seq, seq);
  db().execute(Sql::unfinished_delete, seq);
  ledger_.changed({.id = claim.id,
                   .queue = claim.queue,
                   .verb = Verb::claim,
                   .from = damaged.state,
                   .to = State::discarded,
                   .reason = Reason::corrupt,
                   .claim_no = claim.claim_no,
                   .holder = by.holder,
                   .node = by.node});
}

// Their lanes' stretches stay: they cover, and do not list.
void Tables::make_cancelled(std::span<Standing const> waiting) {
  std::vector<std::pair<std::string_view, std::int64_t>> places;
  for (Standing const& job : waiting) {
    db().execute(Sql::cancel, job.seq, now());
    db().execute(Sql::unfinished_delete, job.seq);
    places.emplace_back(job.queue, job.seq);
    ledger_.changed({.id = job.id,
                     .queue = job.queue,
                     .verb = Verb::cancel,
                     .from = job.state,
                     .to = State::cancelled,
                     .reason = Reason::cancelled,
                     .claim_no = job.claim_no});
  }
  std::ranges::sort(places);
  StretchesOf<std::string_view> ended;
  for (auto const& [queue, seq] : places) ended.add(queue, seq);
  ended.each([&](std::string_view queue, Stretch const& stretch) {
    db().execute(Sql::ended_add, queue, 0, now(), stretch.first, stretch.last);
  });
}

void Tables::forget_ready() { db().execute(Sql::ready_forget); }

}  // namespace kue::sqlite
