#include <kue/testing/checker.hpp>

#include "kue/testing/trail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace kue::testing {
namespace {

constexpr std::array<std::string_view, 20> kRules = {"lost",
                                                     "ghost",
                                                     "two_rows",
                                                     "record_differs",
                                                     "event_order",
                                                     "broken_chain",
                                                     "illegal_transition",
                                                     "final_changed",
                                                     "claim_no",
                                                     "fence",
                                                     "false_stale",
                                                     "early_claim",
                                                     "unexplained_run",
                                                     "overlap",
                                                     "never_ran",
                                                     "untrue_reason",
                                                     "counters",
                                                     "args_changed",
                                                     "not_drained",
                                                     "torn_journal"};
static_assert(kRules.size() == static_cast<std::size_t>(Rule::torn_journal) + 1);

void check_order(History const& history, Verdict& verdict) {
  for (std::size_t i = 1; i < history.events.size(); ++i) {
    if (history.events[i].seq <= history.events[i - 1].seq) {
      add(verdict, Rule::event_order, history.events[i].id,
          fmt::format("event {} follows event {}", history.events[i].seq, history.events[i - 1].seq));
    }
  }
}

void check_torn(std::optional<Journal> const& journal, Verdict& verdict) {
  if (!journal) return;
  for (std::string const& line : journal->torn) add(verdict, Rule::torn_journal, JobId(), line);
}

std::string join(std::map<std::string, std::int64_t> const& counts) {
  std::string text;
  for (auto const& [name, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  return text.empty() ? "none" : text;
}

}  // namespace

std::string_view to_string(Rule rule) {
  auto const index = static_cast<std::size_t>(rule);
  return index < kRules.size() ? kRules[index] : "unknown";
}

Verdict check(History const& history) {
  Verdict verdict;
  check_order(history, verdict);
  check_torn(history.pushes, verdict);
  check_torn(history.runs, verdict);
  std::map<JobId, Trail> trails = collect(history);
  for (auto& [job, trail] : trails) {
    check_events(trail, verdict);
    if (history.runs) check_runs(trail, verdict);
    check_job(trail, history, verdict);
  }
  if (!verdict.ok()) {
    Violation const& first = verdict.violations.front();
    auto const found = trails.find(first.job);
    verdict.counter_example = fmt::format("{} broken by job {}: {}\n{}", to_string(first.rule), first.job.str(),
                                          first.text, found == trails.end() ? "" : describe(found->second));
  }
  return verdict;
}

std::int64_t Verdict::count(Rule rule) const {
  return std::count_if(violations.begin(), violations.end(),
                       [&](Violation const& violation) { return violation.rule == rule; });
}

std::string Verdict::text() const {
  std::string text;
  auto const out = std::back_inserter(text);
  fmt::format_to(
      out, "accepted {}: completed {}, discarded {}, cancelled {}, waiting {}, running {}, pruned {}, removed {}\n",
      accepted, completed, discarded, cancelled, waiting, running, pruned, removed);
  fmt::format_to(
      out, "lost {}, ghosts {}, unexplained runs {}, overlaps {} (and {} after node_lost), illegal transitions {}\n",
      lost, ghosts, unexplained, overlaps, overlaps_after_node_lost, illegal);
  fmt::format_to(
      out, "runs {}: {} cut short by the death of their process, {} finished but run again; stale writes refused {}\n",
      runs, runs_cut_short, finished_but_run_again, stale_writes);
  fmt::format_to(out, "runs by reason: {}\nclaims ended by: {}\n", join(runs_by_reason), join(ends_by_reason));
  if (ok()) return text + "verdict: kept\n";
  std::map<std::string, std::int64_t> broken;
  for (Violation const& violation : violations) ++broken[std::string(to_string(violation.rule))];
  fmt::format_to(out, "verdict: BROKEN: {}\nfirst counter-example: {}", join(broken), counter_example);
  return text;
}

History read_history(Store& store) {
  History history;
  for (EventsRequest next;;) {
    EventsResult const page = store.events(next);
    if (page.events.empty()) break;
    next.cursor = page.cursor;
    history.events.insert(history.events.end(), page.events.begin(), page.events.end());
  }
  QueryRequest request{.newest_first = false, .limit = 1000};
  do {
    QueryResult page = store.query(request);
    std::move(page.jobs.begin(), page.jobs.end(), std::back_inserter(history.records));
    request.cursor = page.cursor;
  } while (!request.cursor.empty());
  return history;
}

}  // namespace kue::testing
