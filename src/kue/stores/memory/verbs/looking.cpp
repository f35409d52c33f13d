// Looking changes nothing: get, query, head, counts, events.

#include "kue/stores/memory/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace kue::memory {
namespace {

bool failed_by(JobRecord const& record, std::string const& text) {
  if (record.errors.empty()) return false;
  Failure const& last = record.errors.back().failure;
  return last.type.find(text) != last.type.npos || last.message.find(text) != last.message.npos;
}

bool matches(Filter const& filter, JobRecord const& record) {
  auto const& [states, queue, kind, tag, error, from, until] = filter;
  auto const& tags = record.job.tags;
  return (states.empty() || std::find(states.begin(), states.end(), record.state) != states.end()) &&
         (queue.empty() || record.job.queue == queue) && (kind.empty() || record.job.kind == kind) &&
         (tag.empty() || std::find(tags.begin(), tags.end(), tag) != tags.end()) &&
         (error.empty() || failed_by(record, error)) && (!from || record.inserted_at >= *from) &&
         (!until || record.inserted_at < *until);
}

// A cursor is a number: the seq of the last job of its page, or how many events were read.
std::int64_t read_cursor(std::string const& cursor, std::int64_t first) {
  if (cursor.empty()) return first;
  std::int64_t number = 0;
  char const* const end = cursor.data() + cursor.size();
  auto const [rest, error] = std::from_chars(cursor.data(), end, number);
  if (error == std::errc() && rest == end && number >= 0) return number;
  throw Error(ErrorKind::invalid,
              fmt::format("'{}' is no cursor of this store; pass the one of the answer before", cursor));
}

}  // namespace

std::optional<JobRecord> MemoryStore::get(JobId id) {
  Lock const held = lock();
  Row const* const row = tables_.find(id);
  if (!row) return std::nullopt;
  return *row;
}

QueryResult MemoryStore::query(QueryRequest const& request) {
  std::int64_t const after =
      read_cursor(request.cursor, request.newest_first ? std::numeric_limits<std::int64_t>::max() : 0);
  Lock const held = lock();
  QueryResult page;
  // False when the page is full: then there is more, and the cursor says where.
  auto const add = [&](JobRecord const& record) {
    if (!matches(request.filter, record)) return true;
    if (static_cast<int>(page.jobs.size()) == request.limit) {
      page.cursor = std::to_string(page.jobs.back().seq);
      return false;
    }
    page.jobs.push_back(record);
    page.jobs.back().errors.clear();
    return true;
  };
  auto const& rows = tables_.by_seq();
  if (request.newest_first) {
    for (auto row = std::make_reverse_iterator(rows.lower_bound(after)); row != rows.rend() && add(row->second);
         ++row) {}
  } else {
    for (auto row = rows.upper_bound(after); row != rows.end() && add(row->second); ++row) {}
  }
  return page;
}

HeadResult MemoryStore::head(HeadRequest const& request) {
  Lock const held = lock();
  tables_.make_due(request.queue);
  HeadResult result;
  for (auto lane = tables_.first_lane(request.queue);
       lane != tables_.lanes().end() && lane->first.queue == request.queue; ++lane) {
    TimePoint const due = tables_.at(*lane->second.begin()).run_at;
    if (!result.waiting_since || due < *result.waiting_since) result.waiting_since = due;
  }
  if (auto const& later = tables_.later(request.queue); !later.empty()) result.next_due = later.begin()->at;
  return result;
}

std::vector<QueueCounts> MemoryStore::counts() {
  Lock const held = lock();
  std::vector<QueueCounts> all;
  for (std::string const& queue : tables_.queues()) all.push_back(tables_.counts(queue));
  return all;
}

EventsResult MemoryStore::events(EventsRequest const& request) {
  Lock const held = lock();
  auto const& all = tables_.events();
  auto const count = static_cast<std::int64_t>(all.size());
  std::int64_t const first = std::min(read_cursor(request.cursor, 0), count);
  std::int64_t const last = std::min<std::int64_t>(count, first + std::max(request.limit, 0));
  return {.events = {all.begin() + first, all.begin() + last}, .cursor = std::to_string(last)};
}

}  // namespace kue::memory
