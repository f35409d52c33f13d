// Looking changes nothing: get, query, head, counts, events.

#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace kue::sqlite {
namespace {

// A cursor is the seq of the last job of its page.
std::int64_t read_cursor(QueryRequest const& request) {
  if (request.cursor.empty()) return request.newest_first ? std::numeric_limits<std::int64_t>::max() : 0;
  std::int64_t seq = 0;
  char const* const end = request.cursor.data() + request.cursor.size();
  auto const [rest, error] = std::from_chars(request.cursor.data(), end, seq);
  if (error == std::errc() && rest == end && seq > 0) return seq;
  throw Error(ErrorKind::invalid, fmt::format("sqlite: '{}' is no cursor of a query; pass the one of the page before", request.cursor));
}

constexpr unsigned kAllStates = (1U << kStateCount) - 1;
constexpr unsigned kFinalStates =
    1U << static_cast<unsigned>(State::completed) | 1U << static_cast<unsigned>(State::discarded) | 1U << static_cast<unsigned>(State::cancelled);

unsigned mask_of(std::vector<State> const& states) {
  unsigned mask = 0;
  for (State const state : states) mask |= 1U << static_cast<unsigned>(state);
  return states.empty() ? kAllStates : mask;
}

// The hot table is small: who asks for its states only is not made to walk through the finished ones.
Sql page_of(unsigned states, bool newest_first) {
  if ((states & kFinalStates) == 0) return newest_first ? Sql::query_unfinished_newest : Sql::query_unfinished_oldest;
  if ((states & ~kFinalStates) == 0) return newest_first ? Sql::query_finished_newest : Sql::query_finished_oldest;
  return newest_first ? Sql::query_newest : Sql::query_oldest;
}

template <class Enum> std::optional<Enum> maybe(Use const& row, int column) {
  if (row.null(column)) return std::nullopt;
  return static_cast<Enum>(row.integer(column));
}

Event read_event(Use const& row) {
  return {.seq = row.integer(0),
          .at = row.time(1),
          .id = row.id(2),
          .verb = static_cast<Verb>(row.integer(3)),
          .from = maybe<State>(row, 4),
          .to = maybe<State>(row, 5),
          .reason = static_cast<Reason>(row.integer(6)),
          .claim_no = row.small(7),
          .holder = row.bits(8),
          .node = row.bits(9),
          .stale = row.integer(10) != 0};
}

}  // namespace

std::optional<JobRecord> SqliteStore::get(JobId id) {
  return look("looking for a job in", [&](Connection& db) -> std::optional<JobRecord> {
    auto row = db.use(Sql::get, id);
    if (!row.step()) return std::nullopt;
    JobRecord record = read_record(row);
    for (auto attempt = db.use(Sql::attempts, record.seq); attempt.step();) record.errors.push_back(read_attempt(attempt));
    return record;
  });
}

QueryResult SqliteStore::query(QueryRequest const& request) {
  if (request.limit < 1 || request.limit > 1000) {
    throw Error(ErrorKind::invalid, fmt::format("sqlite: query with limit {}; it must be 1 to 1000", request.limit));
  }
  std::int64_t const after = read_cursor(request);
  unsigned const states = mask_of(request.filter.states);
  std::string const tag = pack_tag(request.filter.tag);
  TimePoint const from = request.filter.inserted_from.value_or(TimePoint::min()), until = request.filter.inserted_until.value_or(TimePoint::max());
  return look("query of", [&](Connection& db) {
    QueryResult page;
    int const one_more = request.limit + 1;  // to know whether there is another page
    for (auto row = db.use(page_of(states, request.newest_first), states, request.filter.queue, request.filter.kind, tag, after, one_more, from, until,
                           request.filter.error);
         row.step();) {
      if (static_cast<int>(page.jobs.size()) == request.limit)
        page.cursor = std::to_string(page.jobs.back().seq);
      else
        page.jobs.push_back(read_record(row));
    }
    return page;
  });
}

HeadResult SqliteStore::head(HeadRequest const& request) {
  TimePoint const time = now();
  return look("looking at a queue of", [&](Connection& db) {
    HeadResult result;
    auto const waits = [&](std::optional<TimePoint> since) {
      if (since && (!result.waiting_since || *since < *result.waiting_since)) result.waiting_since = since;
    };
    for (auto row = db.use(Sql::head_priorities, request.queue); row.step();) {
      auto job = db.use(Sql::head_run_at, row.integer(0));
      if (job.step()) waits(job.maybe_time(0));
    }
    auto later = db.use(Sql::head_later, request.queue, time);
    if (later.step()) {
      waits(later.maybe_time(0));
      result.next_due = later.maybe_time(1);
    }
    return result;
  });
}

std::vector<QueueCounts> SqliteStore::counts() {
  return look("counts of", [](Connection& db) {
    std::vector<QueueCounts> all;
    for (auto row = db.use(Sql::counts); row.step();) {
      QueueCounts& counts = all.emplace_back();
      counts.queue = row.text(0);
      counts.paused = row.integer(1) != 0;
      for (std::size_t state = 0; state < kStateCount; ++state) counts.by_state[state] = row.integer(static_cast<int>(state) + 2);
    }
    return all;
  });
}

std::vector<Event> SqliteStore::events(EventsRequest const& request) {
  return look("events of", [&](Connection& db) {
    std::vector<Event> found;
    for (auto row = db.use(Sql::events, request.after, std::max(request.limit, 0)); row.step();) found.push_back(read_event(row));
    return found;
  });
}

}  // namespace kue::sqlite
