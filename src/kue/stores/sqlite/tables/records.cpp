#include "kue/stores/sqlite/tables/records.hpp"

#include "kue/stores/sqlite/tables/rows.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sql_texts.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace kue::sqlite {
namespace {

// A cursor is the number of the last job or event of its page.
std::int64_t read_cursor(std::string const& cursor, std::int64_t first) {
  if (cursor.empty()) return first;
  std::int64_t number = 0;
  char const* const end = cursor.data() + cursor.size();
  auto const [rest, error] = std::from_chars(cursor.data(), end, number);
  if (error == std::errc() && rest == end && number >= 0) return number;
  throw Error(ErrorKind::invalid,
              fmt::format("'{}' is no cursor of this store; pass the one of the answer before", cursor));
}

constexpr unsigned kAllStates = (1U << kStateCount) - 1;
constexpr unsigned kFinalStates = 1U << static_cast<unsigned>(State::completed) |
                                  1U << static_cast<unsigned>(State::discarded) |
                                  1U << static_cast<unsigned>(State::cancelled);

unsigned mask_of(std::vector<State> const& states) {
  unsigned mask = 0;
  for (State const state : states) mask |= 1U << static_cast<unsigned>(state);
  return states.empty() ? kAllStates : mask;
}

// The hot table is small: who asks for its states only is not made to walk through the finished ones.
std::string_view driver_of(unsigned states) {
  if ((states & kFinalStates) == 0) return "kue_unfinished";
  if ((states & ~kFinalStates) == 0) return "kue_finished";
  return "kue_jobs";
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

std::optional<JobRecord> get_record(Connection& db, JobId const& id) {
  auto row = db.use(Sql::get, id);
  if (!row.step()) return std::nullopt;
  JobRecord record = read_record(row);
  for (auto attempt = db.use(Sql::attempts, record.seq); attempt.step();)
    record.errors.push_back(read_attempt(attempt));
  return record;
}

QueryResult query_records(Connection& db, QueryRequest const& request) {
  std::int64_t const after =
      read_cursor(request.cursor, request.newest_first ? std::numeric_limits<std::int64_t>::max() : 0);
  auto const& [asked, queue, kind, wanted_tag, error, inserted_from, inserted_until] = request.filter;
  unsigned const states = mask_of(asked);
  std::string const tag = pack_tag(wanted_tag);
  TimePoint const from = inserted_from.value_or(TimePoint::min()), until = inserted_until.value_or(TimePoint::max());
  std::string const sql = fmt::format(fmt::runtime(text(Sql::query)), fmt::arg("driver", driver_of(states)),
                                      fmt::arg("beyond", request.newest_first ? "<" : ">"),
                                      fmt::arg("order", request.newest_first ? "DESC" : "ASC"));
  Statement const statement(db.handle(), sql);
  QueryResult page;
  int const one_more = request.limit + 1;  // to know whether there is another page
  for (Use row(statement.handle(), states, queue, kind, tag, after, one_more, from, until, error); row.step();) {
    if (static_cast<int>(page.jobs.size()) == request.limit)
      page.cursor = std::to_string(page.jobs.back().seq);
    else
      page.jobs.push_back(read_record(row));
  }
  return page;
}

EventsResult read_events(Connection& db, EventsRequest const& request) {
  std::int64_t last = read_cursor(request.cursor, 0);
  EventsResult page;
  for (auto row = db.use(Sql::events, last, std::max(request.limit, 0)); row.step(); last = row.integer(0))
    page.events.push_back(read_event(row));
  page.cursor = std::to_string(last);
  return page;
}

void each_old(Connection& db, std::string const& queue, bool discarded, TimePoint before, std::int64_t most,
              std::function<bool(Standing&&)> const& take) {
  std::pair<TimePoint, std::int64_t> last{TimePoint::min(), 0};
  for (auto row = db.use(Sql::prune_oldest, queue, discarded, before, most); row.step();) {
    std::pair const here{row.time(3), row.integer(0)};
    if (here <= last) continue;  // seen already, in another stretch of the same moment
    last = here;
    Standing job{.seq = row.integer(0),
                 .id = row.id(4),
                 .state = static_cast<State>(row.integer(1)),
                 .queue = queue,
                 .claim_no = row.small(2),
                 .finished_at = row.time(3)};
    if (!take(std::move(job))) return;
  }
}

void check_records(Connection& db, CheckReport& report) {
  for (Sql const sql : {Sql::check_jobs, Sql::check_counts, Sql::check_stretches}) {
    for (auto row = db.use(sql); row.step();) report.problems.emplace_back(row.text(0));
  }
  auto row = db.use(Sql::check_sizes);
  if (!row.step()) return;
  report.facts.push_back(fmt::format(
      "{} jobs: {} unfinished, {} finished; {} failed attempts, {} events, {} queues, {} nodes", row.integer(0),
      row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5), row.integer(6)));
}

}  // namespace kue::sqlite
