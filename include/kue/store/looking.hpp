#pragma once
// Looking, which changes nothing: get, query, head, counts, events; and waiting for work.
//
//   kue::QueryRequest page{.filter = {.states = {kue::State::discarded}}};
//   auto const found = store.query(page);
//
// Values; no threads, no failure.

#include <kue/record.hpp>
#include <kue/store/jobs.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kue {

struct Filter {
  std::vector<State> states = {};               // empty: all
  std::string queue = {}, kind = {}, tag = {};  // empty: any
  std::string error = {};                       // in the type or message of the last run that failed; empty: any
  std::optional<TimePoint> inserted_from = {}, inserted_until = {};  // pushed at this time or later; before this time
};
struct QueryRequest {
  Filter filter = {};
  bool newest_first = true;  // by seq
  int limit = 50;            // 1 to 1000
  std::string cursor = {};   // of the page before; empty: the first
};
struct QueryResult {
  std::vector<JobRecord> jobs = {};
  std::string cursor = {};  // empty: no more
};

struct QueueCounts {
  std::string queue = {};
  bool paused = false;
  std::array<std::int64_t, kStateCount> by_state{};
  std::int64_t of(State s) const { return by_state[static_cast<std::size_t>(s)]; }
};

// The front of one queue, from indexes alone.
struct HeadRequest {
  std::string queue = {};
};
struct HeadResult {
  // Since when something has waited here: the earliest run_at of the jobs that stand first in their priority. Jobs that
  // came due in another order than they arrived in may have waited longer.
  std::optional<TimePoint> waiting_since = {};
  std::optional<TimePoint> next_due = {};  // the earliest scheduled or retryable job whose time has not come
};

// ---- events, in the order of their commits; kept if StoreOptions::event_log
struct Event {
  std::int64_t seq = 0;  // rises in the order of commits; with holes. Where to go on is the cursor's to say
  TimePoint at{};
  JobId id = {};
  Verb verb = Verb::push;
  std::optional<State> from = {}, to = {};
  Reason reason = Reason::pushed;
  std::uint32_t claim_no = 0;
  std::uint64_t holder = 0;
  std::uint64_t node = 0;
  bool stale = false;  // a write that was refused by the fence; from and to are what it asked for
};
struct EventsRequest {
  std::string cursor = {};  // of the answer before; empty: from the first event that is kept
  int limit = 10'000;
};
struct EventsResult {
  std::vector<Event> events = {};
  std::string cursor = {};  // where to go on, now or later
};

// ---- wait
struct WaitRequest {
  QueueSelector queues = {};
  SteadyPoint until{};
  std::uint64_t node = 0, holder = 0;  // who would take a job that is handed over; holder 0: nobody
};
struct WaitResult {
  std::vector<Claimed> jobs = {};  // claimed for the holder meanwhile. Empty: claim
};

}  // namespace kue
