// The one place where a job moves.

#include "kue/stores/memory/tables/tables.hpp"

namespace kue::memory {
namespace {

std::size_t index(State state) { return static_cast<std::size_t>(state); }
bool names_a_holder(Verb verb) { return verb == Verb::claim || verb == Verb::finish || verb == Verb::release; }

}  // namespace

template <class Change> void Tables::move(Row& row, Why why, Change&& change) {
  State const from = row.state;
  unplace(row);
  change();
  if (row.state != State::running) row.claimed_at.reset();
  place(row);
  record(row, from, row.state, why);
  if (row.state != State::running && !is_final(row.state)) bell_.ring();
}

Row& Tables::add(Envelope const& job, std::int64_t seq) {
  Row row;
  row.job = job;
  row.seq = last_seq_ = seq;
  row.inserted_at = now();
  row.run_at = job.run_at.value_or(row.inserted_at);
  row.state = row.run_at > row.inserted_at ? State::scheduled : State::available;
  row.tally.max_attempts = job.max_attempts;
  by_id_.emplace(job.id, row.seq);
  Row& stored = by_seq_.emplace(row.seq, std::move(row)).first->second;
  place(stored);
  record(stored, std::nullopt, stored.state, {Verb::push, Reason::pushed});
  bell_.ring();  // for a scheduled one too: somebody must learn when to wake up
  return stored;
}

void Tables::make_due(std::string const& queue) {
  auto& later = later_[queue];
  while (!later.empty() && later.begin()->at <= now()) {
    enter_lane(by_seq_.at(later.begin()->seq));
    later.erase(later.begin());
  }
}

void Tables::make_running(Row& row, std::uint64_t node, std::uint64_t holder) {
  move(row, {Verb::claim, Reason::claimed}, [&] {
    row.state = State::running;
    row.holder = holder;
    row.node = node;
    row.claim_no += 1;
    row.claimed_at = now();
    row.progress.reset();  // a new run begins at nothing
  });
}

void Tables::make_claimable(Row& row, Why why) {
  move(row, why, [&] {
    row.state = State::available;
    row.finished_at.reset();
  });
}

void Tables::make_later(Row& row, State to, TimePoint run_at, Why why) {
  move(row, why, [&] {
    row.state = to;
    row.run_at = run_at;
  });
}

void Tables::make_final(Row& row, State to, Why why) {
  move(row, why, [&] {
    row.state = to;
    row.finished_at = now();
  });
}

void Tables::erase(Row& row, Why why) {
  record(row, row.state, std::nullopt, why);
  unplace(row);
  by_id_.erase(row.job.id);
  by_seq_.erase(row.seq);
}

void Tables::note_run(Row& row, Finish const& finish) {
  row.cancel_asked_at.reset();
  if (finish.started_at) row.attempted_at = finish.started_at;
  if (!finish.result.empty()) row.result = finish.result;
  if (!finish.attempt) return;
  row.errors.push_back(*finish.attempt);
  if (row.errors.size() > limits::kWholeAttempts) (row.errors.end() - 1 - limits::kWholeAttempts)->record.clear();
  if (row.errors.size() > limits::kMaxAttempts) row.errors.erase(row.errors.begin());
}

void Tables::record(Row const& row, std::optional<State> from, std::optional<State> to, Why why) {
  if (!event_log_) return;
  Event event{.seq = static_cast<std::int64_t>(events_.size()) + 1,
              .at = now(),
              .id = row.job.id,
              .verb = why.verb,
              .from = from,
              .to = to,
              .reason = why.reason,
              .claim_no = row.claim_no};
  if (names_a_holder(why.verb)) {
    event.holder = row.holder;
    event.node = row.node;
  }
  events_.push_back(event);
}

// What it asked for, by whom; nothing of it happened.
void Tables::note_stale(Verb verb, Finish const& finish) {
  if (!event_log_) return;
  events_.push_back({.seq = static_cast<std::int64_t>(events_.size()) + 1,
                     .at = now(),
                     .id = finish.claim.id,
                     .verb = verb,
                     .from = State::running,
                     .to = finish.transition.to,
                     .reason = finish.transition.reason,
                     .claim_no = finish.claim.claim_no,
                     .holder = finish.claim.holder,
                     .stale = true});
}

void Tables::place(Row const& row) {
  ++counts_[row.job.queue][index(row.state)];
  switch (row.state) {
    case State::available: enter_lane(row); break;
    case State::scheduled:
    case State::retryable: later_[row.job.queue].insert({row.run_at, row.seq}); break;
    case State::running: running_.insert(row.seq); break;
    case State::completed:
    case State::cancelled: finished_[row.job.queue].insert({row.finished_at.value(), row.seq}); break;
    case State::discarded: discarded_[row.job.queue].insert({row.finished_at.value(), row.seq}); break;
    case State::blocked: break;
  }
}

void Tables::unplace(Row const& row) {
  --counts_[row.job.queue][index(row.state)];
  leave_lane(row);
  later_[row.job.queue].erase({row.run_at, row.seq});
  running_.erase(row.seq);
  if (!row.finished_at) return;
  finished_[row.job.queue].erase({*row.finished_at, row.seq});
  discarded_[row.job.queue].erase({*row.finished_at, row.seq});
}

void Tables::enter_lane(Row const& row) { lanes_[{row.job.queue, row.job.priority}].insert(row.seq); }

void Tables::leave_lane(Row const& row) {
  auto const lane = lanes_.find({row.job.queue, row.job.priority});
  if (lane == lanes_.end()) return;
  lane->second.erase(row.seq);
  if (lane->second.empty()) lanes_.erase(lane);
}

}  // namespace kue::memory
