// Looking changes nothing: get, query, head, counts, check.

#include "kue/stores/memory/store.hpp"

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
  return (states.empty() || std::find(states.begin(), states.end(), record.state) != states.end()) && (queue.empty() || record.job.queue == queue) &&
         (kind.empty() || record.job.kind == kind) && (tag.empty() || std::find(tags.begin(), tags.end(), tag) != tags.end()) &&
         (error.empty() || failed_by(record, error)) && (!from || record.inserted_at >= *from) && (!until || record.inserted_at < *until);
}

// A cursor is the seq of the last job of its page.
std::int64_t read_cursor(QueryRequest const& request) {
  if (request.cursor.empty()) return request.newest_first ? std::numeric_limits<std::int64_t>::max() : 0;
  std::int64_t seq = 0;
  char const* const end = request.cursor.data() + request.cursor.size();
  auto const [rest, error] = std::from_chars(request.cursor.data(), end, seq);
  if (error == std::errc() && rest == end && seq > 0) return seq;
  throw Error(ErrorKind::invalid, fmt::format("memory: '{}' is no cursor of a query; pass the one of the page before", request.cursor));
}

}  // namespace

std::optional<JobRecord> MemoryStore::get(JobId id) {
  Lock const held = lock();
  Row const* const row = tables_.find(id);
  if (!row) return std::nullopt;
  return *row;
}

QueryResult MemoryStore::query(QueryRequest const& request) {
  if (request.limit < 1 || request.limit > 1000) {
    throw Error(ErrorKind::invalid, fmt::format("memory: query with limit {}; it must be 1 to 1000", request.limit));
  }
  std::int64_t const after = read_cursor(request);
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
    for (auto row = std::make_reverse_iterator(rows.lower_bound(after)); row != rows.rend() && add(row->second); ++row) {}
  } else {
    for (auto row = rows.upper_bound(after); row != rows.end() && add(row->second); ++row) {}
  }
  return page;
}

HeadResult MemoryStore::head(HeadRequest const& request) {
  Lock const held = lock();
  tables_.make_due(request.queue, clock_.now());
  HeadResult result;
  auto const& claimable = tables_.claimable(request.queue);
  for (auto next = claimable.begin(); next != claimable.end(); next = claimable.lower_bound({next->priority + 1, 0})) {
    TimePoint const due = tables_.at(next->seq).run_at;
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

CheckReport MemoryStore::check() {
  Lock const held = lock();
  return {.problems = tables_.problems(),
          .facts = {fmt::format("{} jobs in {} queues", tables_.by_seq().size(), tables_.queues().size()), fmt::format("{} events", events_.size())}};
}

}  // namespace kue::memory
