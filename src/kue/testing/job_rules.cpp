// What must hold of one job as a whole: somebody pushed it, it is still there, its row says what its events say, it was
// on time.

#include "kue/testing/trail.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kue::testing {
namespace {

bool has(Trail const& trail, JournalVerb verb) {
  return std::any_of(trail.pushes.begin(), trail.pushes.end(),
                     [&](JournalLine const* line) { return line->verb == verb; });
}

Event const* last_event(Trail const& trail) {
  auto const found =
      std::find_if(trail.events.rbegin(), trail.events.rend(), [](Event const* event) { return !event->stale; });
  return found == trail.events.rend() ? nullptr : *found;
}

bool pushed_in_store(Trail const& trail) {
  return std::any_of(trail.events.begin(), trail.events.end(),
                     [](Event const* event) { return event->verb == Verb::push && !event->stale; });
}

void check_origin(Trail const& trail, bool producers_known, Verdict& verdict) {
  if (trail.events.empty() && trail.records.empty() && trail.runs.empty())
    return;  // a refused push left nothing, as it must
  bool const pushed = producers_known ? has(trail, JournalVerb::push_ok) || has(trail, JournalVerb::push_unknown) ||
                                            has(trail, JournalVerb::push_begin)
                                      : pushed_in_store(trail);
  if (pushed) return;
  ++verdict.ghosts;
  add(verdict, Rule::ghost, trail.job,
      has(trail, JournalVerb::push_refused) ? "its push was refused, and yet it is there" : "nobody pushed it");
}

void check_presence(Trail const& trail, bool producers_known, Verdict& verdict) {
  bool const accepted = producers_known ? has(trail, JournalVerb::push_ok) : pushed_in_store(trail);
  if (accepted) ++verdict.accepted;
  Event const* last = last_event(trail);
  bool const gone = last != nullptr && !last->to;
  if (gone) ++(last->verb == Verb::remove ? verdict.removed : verdict.pruned);
  if (accepted && trail.records.empty() && !gone) {
    ++verdict.lost;
    add(verdict, Rule::lost, trail.job, "accepted, and now there is neither a row nor a prune or removal on record");
  }
  if (trail.records.size() > 1)
    add(verdict, Rule::two_rows, trail.job, fmt::format("{} rows have this id", trail.records.size()));
}

void count_state(JobRecord const& record, Verdict& verdict) {
  switch (record.state) {
    case State::completed: ++verdict.completed; break;
    case State::discarded: ++verdict.discarded; break;
    case State::cancelled: ++verdict.cancelled; break;
    case State::running: ++verdict.running; break;
    default: ++verdict.waiting; break;
  }
}

void check_row(Trail const& trail, JobRecord const& record, bool drained, Verdict& verdict) {
  Event const* last = last_event(trail);
  std::uint32_t const claims = trail.claims.empty() ? 0 : trail.claims.back().start->claim_no;
  if (last == nullptr || last->to != record.state) {
    add(verdict, Rule::record_differs, trail.job,
        fmt::format("the row is {}, the last event left {}", to_string(record.state),
                    last == nullptr || !last->to ? "nothing" : to_string(*last->to)));
  } else if (record.claim_no != claims) {
    add(verdict, Rule::record_differs, trail.job,
        fmt::format("the row counts {} claims, the log {}", record.claim_no, claims));
  }
  if (drained && !is_final(record.state)) {
    add(verdict, Rule::not_drained, trail.job, fmt::format("still {} at the end", to_string(record.state)));
  }
}

void check_time(Trail const& trail, Verdict& verdict) {
  if (trail.claims.empty()) return;
  Event const& first = *trail.claims.front().start;
  for (JournalLine const* push : trail.pushes) {
    if (push->run_at && first.at < *push->run_at) {
      add(verdict, Rule::early_claim, trail.job,
          fmt::format("event {}: claimed {} ms before its run_at", first.seq, (*push->run_at - first.at).count()));
      return;
    }
  }
  if (trail.records.empty() || is_waiting(trail.records.front()->state))
    return;  // its run_at is that of the next claim
  JobRecord const& record = *trail.records.front();
  Event const& last = *trail.claims.back().start;
  if (last.at < record.run_at) {
    add(verdict, Rule::early_claim, trail.job,
        fmt::format("event {}: claimed {} ms before its run_at", last.seq, (record.run_at - last.at).count()));
  }
}

}  // namespace

void check_job(Trail const& trail, History const& history, Verdict& verdict) {
  check_origin(trail, history.pushes.has_value(), verdict);
  check_presence(trail, history.pushes.has_value(), verdict);
  for (JobRecord const* record : trail.records) count_state(*record, verdict);
  if (trail.records.size() == 1) check_row(trail, *trail.records.front(), history.drained, verdict);
  check_time(trail, verdict);
}

}  // namespace kue::testing
