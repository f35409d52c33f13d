#include "kue/testing/trail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace kue::testing {
namespace {

// Lines of one process stand in its file in their order, so an end belongs to the last open beginning of its claim.
void add_run_line(Trail& trail, JournalLine const& line) {
  if (line.verb == JournalVerb::run_begin) {
    trail.runs.push_back({.begin = &line});
    return;
  }
  auto const open = std::find_if(trail.runs.rbegin(), trail.runs.rend(), [&](Run const& run) {
    return run.end == nullptr && run.begin->pid == line.pid && run.begin->claim_no == line.claim_no;
  });
  if (open == trail.runs.rend()) {
    trail.ends_without_begin.push_back(&line);
  } else {
    open->end = &line;
  }
}

// A run without an end lasted at least as long as its process wrote anything at all.
void close_runs(Trail& trail, std::map<int, std::int64_t> const& last_sign_of_life) {
  for (Run& run : trail.runs)
    run.alive_until = run.end != nullptr ? run.end->at_ns : last_sign_of_life.at(run.begin->pid);
  std::stable_sort(trail.runs.begin(), trail.runs.end(),
                   [](Run const& a, Run const& b) { return a.begin->at_ns < b.begin->at_ns; });
}

std::string_view name(std::optional<State> state) { return state ? to_string(*state) : "nothing"; }

std::string describe(Event const& event) {
  return fmt::format("event {} at {} {}: {} -> {} {} claim={} holder={:016x} node={:016x}{}", event.seq,
                     event.at.time_since_epoch().count(), to_string(event.verb), name(event.from), name(event.to),
                     to_string(event.reason), event.claim_no, event.holder, event.node, event.stale ? " STALE" : "");
}

std::string describe(JobRecord const& record) {
  return fmt::format(
      "row: {} queue={} state={} claim={} attempt={} crashes={} node_losses={} interruptions={} run_at={}",
      record.job.kind, record.job.queue, to_string(record.state), record.claim_no, record.tally.attempt,
      record.tally.crashes, record.tally.node_losses, record.tally.interruptions,
      record.run_at.time_since_epoch().count());
}

}  // namespace

std::map<JobId, Trail> collect(History const& history) {
  std::map<JobId, Trail> trails;
  auto const trail_of = [&](JobId job) -> Trail& {
    Trail& trail = trails[job];
    trail.job = job;
    return trail;
  };
  for (Event const& event : history.events) trail_of(event.id).events.push_back(&event);
  for (JobRecord const& record : history.records) trail_of(record.job.id).records.push_back(&record);
  if (history.pushes) {
    for (JournalLine const& line : history.pushes->lines) {
      if (line.verb < JournalVerb::run_begin) trail_of(line.job).pushes.push_back(&line);
    }
  }
  std::map<int, std::int64_t> last_sign_of_life;
  if (history.runs) {
    for (JournalLine const& line : history.runs->lines) {
      if (line.verb < JournalVerb::run_begin) continue;
      add_run_line(trail_of(line.job), line);
      last_sign_of_life[line.pid] = std::max(last_sign_of_life[line.pid], line.at_ns);
    }
  }
  for (auto& [job, trail] : trails) close_runs(trail, last_sign_of_life);
  return trails;
}

std::string describe(Trail const& trail) {
  std::string text;
  for (JournalLine const* line : trail.pushes) text += "  " + to_text(*line);
  for (Event const* event : trail.events) text += "  " + describe(*event) + '\n';
  for (Run const& run : trail.runs) {
    text += "  " + to_text(*run.begin);
    if (run.end != nullptr) text += "  " + to_text(*run.end);
  }
  for (JournalLine const* line : trail.ends_without_begin) text += "  " + to_text(*line);
  for (JobRecord const* record : trail.records) text += "  " + describe(*record) + '\n';
  return text;
}

void add(Verdict& verdict, Rule rule, JobId job, std::string text) {
  verdict.violations.push_back({rule, job, std::move(text)});
}

}  // namespace kue::testing
