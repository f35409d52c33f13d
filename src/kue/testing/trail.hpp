#pragma once
// Trail: everything that was written down about one job, by whoever wrote it.

#include <kue/testing/checker.hpp>

#include <map>
#include <vector>

namespace kue::testing {

// One run as the job itself tells it. A process that died in the middle never wrote the end.
struct Run {
  JournalLine const* begin = nullptr;
  JournalLine const* end = nullptr;
  std::int64_t alive_until = 0;  // the last moment at which its process is known to have been in it

  std::uint32_t claim_no() const { return begin->claim_no; }
  bool returned() const { return end != nullptr && end->how == "returned"; }
};

struct ClaimTale {
  Event const* start = nullptr;
  Event const* end = nullptr;        // the finish or release; null while it runs
  std::uint32_t attempt_before = 0;  // attempts counted by then, from the events
};

struct Trail {
  JobId job;
  std::vector<Event const*> events;  // in the order of the log
  std::vector<JobRecord const*> records;
  std::vector<JournalLine const*> pushes;
  std::vector<Run> runs;  // by the time of their beginning
  std::vector<JournalLine const*> ends_without_begin;
  std::vector<ClaimTale> claims;  // found by check_events
};

std::map<JobId, Trail> collect(History const& history);

// The rules, each set in its file; they add to the verdict's counts and violations.
void check_events(Trail& trail, Verdict& verdict);                             // event_rules.cpp; fills trail.claims
void check_runs(Trail const& trail, Verdict& verdict);                         // run_rules.cpp
void check_job(Trail const& trail, History const& history, Verdict& verdict);  // job_rules.cpp

void add(Verdict& verdict, Rule rule, JobId job, std::string text);
std::string describe(Trail const& trail);  // every line, for the counter-example

}  // namespace kue::testing
