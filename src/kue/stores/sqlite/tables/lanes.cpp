#include "kue/stores/sqlite/tables/lanes.hpp"

#include "kue/stores/sqlite/tables/rows.hpp"

#include <sql_texts.hpp>

#include <algorithm>
#include <utility>

namespace kue::sqlite {
namespace {

constexpr int kEnvelope = 9;  // where that of claim_candidate.sql begins

Candidate read_candidate(Use const& row, Spot const& spot) {
  bool const damaged = !is_envelope(row, kEnvelope);
  return {.spot = spot,
          .state = static_cast<State>(row.integer(1)),
          .damaged = damaged,
          .claimed = {.job = damaged ? Envelope() : read_envelope(row, kEnvelope),
                      .claim = {.id = row.id(kEnvelope),
                                .seq = spot.seq,
                                .queue = std::string(row.text(kEnvelope + 2)),
                                .lane = spot.lane,
                                .claim_no = row.small(8)},
                      .tally = damaged ? Tally() : read_tally(row, 2)}};
}

}  // namespace

std::vector<OpenQueue> open_queues(Connection& db, QueueSelector const& asked) {
  std::vector<OpenQueue> queues;
  if (asked.names.empty()) {
    for (auto row = db.use(Sql::claim_all_queues); row.step();)
      queues.push_back({std::string(row.text(0)), row.integer(1) != 0});
    return queues;
  }
  for (std::string const& name : asked.names) {
    if (std::ranges::find(queues, name, &OpenQueue::name) != queues.end()) continue;
    auto row = db.use(Sql::claim_queue_paused, name);
    if (row.step() && row.integer(0) == 0) queues.push_back({name, row.integer(1) != 0});
  }
  return queues;
}

Candidates::Candidates(Connection& db, std::string const& queue, int most)
    : row_(db.use(Sql::claim_candidates, queue, most)), most_(most) {}

bool Candidates::next() {
  bool const found = row_.step();
  read_ += found;
  return found;
}

Candidate Candidates::read() const {
  return read_candidate(row_, {.priority = row_.integer(kEnvelope + 6), .lane = kPlainLane, .seq = row_.integer(0)});
}

std::optional<Candidate> candidate_at(Connection& db, Spot const& spot) {
  auto row = db.use(Sql::claim_candidate, spot.seq);
  if (!row.step()) return std::nullopt;
  return read_candidate(row, spot);
}

std::vector<Spot> first_spots(Connection& db, std::string const& queue, std::size_t most) {
  std::vector<Spot> spots;
  for (auto row = db.use(Sql::claim_heads, queue, most); row.step();)
    spots.push_back({.priority = row.integer(0), .lane = kPlainLane, .seq = row.integer(1)});
  return spots;
}

bool any_claimable(Connection& db, std::string const& queue) { return db.use(Sql::claim_left, queue).step(); }

std::optional<TimePoint> next_due(Connection& db, std::string const& queue) {
  auto row = db.use(Sql::claim_next_due, queue);
  if (!row.step()) return std::nullopt;
  return row.time(0);
}

std::vector<std::int64_t> due_jobs(Connection& db, std::string const& queue, TimePoint now, int most) {
  std::vector<std::int64_t> seqs;
  for (auto row = db.use(Sql::claim_due, queue, now, most); row.step();) seqs.push_back(row.integer(0));
  return seqs;
}

std::vector<std::string> queues_with_work(Connection& db, TimePoint now) {
  std::vector<std::string> found;
  for (auto row = db.use(Sql::queues_with_work, now); row.step();) found.emplace_back(row.text(0));
  return found;
}

bool any_empty_lane(Connection& db) {
  auto row = db.use(Sql::ready_forget_look);
  return row.step() && row.integer(0) != 0;
}

HeadResult head_of(Connection& db, std::string const& queue, TimePoint now) {
  HeadResult result;
  std::vector<std::int64_t> firsts;
  for (auto row = db.use(Sql::head_priorities, queue); row.step();) firsts.push_back(row.integer(0));
  auto const waits = [&](TimePoint since) {
    if (!result.waiting_since || since < *result.waiting_since) result.waiting_since = since;
  };
  if (auto row = db.use(Sql::head_tail, queue); row.step()) firsts.push_back(row.integer(0));
  for (std::int64_t const seq : firsts) {
    if (auto row = db.use(Sql::head_run_at, seq); row.step()) waits(row.time(0));
  }
  if (auto row = db.use(Sql::head_later, queue, now); row.step()) {
    if (auto const due = row.maybe_time(0)) waits(*due);
    result.next_due = row.maybe_time(1);
  }
  return result;
}

}  // namespace kue::sqlite
