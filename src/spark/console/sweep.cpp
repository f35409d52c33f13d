#include "spark/console/sweep.hpp"

#include "spark/console/progress.hpp"

#include <algorithm>

namespace spark {
namespace {

constexpr int kBatch = 100;  // rows of one transaction, and arguments in memory: each may be 1 MiB

bool known_by_counters(kue::Filter const& filter) {
  return filter.kind.empty() && filter.tag.empty() && filter.error.empty() && !filter.inserted_from &&
         !filter.inserted_until;
}

}  // namespace

Sweep::Sweep(kue::Store& jobs, kue::Filter filter) : store_(jobs), filter_(std::move(filter)) {
  auto const newest = jobs.query({.limit = 1});
  if (!newest.jobs.empty()) last_seq_ = newest.jobs.front().seq;
}

Sweep::ByState Sweep::count(Call const& call) {
  ByState found{};
  if (!known_by_counters(filter_)) {
    Progress progress(call, "counting", 0);
    std::int64_t seen = 0;
    pages(kBatch, [&](std::vector<kue::JobRecord> const& jobs) {
      for (kue::JobRecord const& record : jobs) ++found[static_cast<std::size_t>(record.state)];
      progress.at(seen += static_cast<std::int64_t>(jobs.size()));
    });
    return found;
  }
  auto const wanted = [&](std::size_t state) {
    return filter_.states.empty() || std::find(filter_.states.begin(), filter_.states.end(),
                                               static_cast<kue::State>(state)) != filter_.states.end();
  };
  for (kue::QueueCounts const& counts : store_.counts()) {
    if (!filter_.queue.empty() && counts.queue != filter_.queue) continue;
    for (std::size_t state = 0; state < kue::kStateCount; ++state)
      found[state] += wanted(state) ? counts.by_state[state] : 0;
  }
  return found;
}

void Sweep::each(std::function<void(std::span<kue::JobId const>)> const& batch) {
  pages(kBatch, [&](std::vector<kue::JobRecord> const& jobs) {
    std::vector<kue::JobId> ids;
    for (kue::JobRecord const& record : jobs) ids.push_back(record.job.id);
    batch(ids);
  });
}

void Sweep::pages(int limit, std::function<void(std::vector<kue::JobRecord> const&)> const& page) {
  kue::QueryRequest request{.filter = filter_, .newest_first = false, .limit = limit};
  do {
    kue::QueryResult result = store_.query(request);
    auto const later = std::find_if(result.jobs.begin(), result.jobs.end(),
                                    [&](kue::JobRecord const& record) { return record.seq > last_seq_; });
    bool const last = later != result.jobs.end();
    result.jobs.erase(later, result.jobs.end());
    if (!result.jobs.empty()) page(result.jobs);
    if (last) return;
    request.cursor = result.cursor;
  } while (!request.cursor.empty());
}

}  // namespace spark
