#include "kue/stores/memory/tables.hpp"

#include <fmt/format.h>

namespace kue::memory {
namespace {

template <class Map> typename Map::mapped_type const& of_queue(Map const& map, std::string const& queue) {
  static typename Map::mapped_type const kNone{};
  auto const found = map.find(queue);
  return found == map.end() ? kNone : found->second;
}

std::size_t index(State state) { return static_cast<std::size_t>(state); }

}  // namespace

Row* Tables::find(JobId id) {
  auto const found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &by_seq_.at(found->second);
}

Row& Tables::insert(JobRecord record) {
  record.seq = ++last_seq_;
  by_id_.emplace(record.job.id, record.seq);
  Row& stored = by_seq_.emplace(record.seq, Row{std::move(record), {}}).first->second;
  place(stored);
  return stored;
}

void Tables::erase(std::int64_t seq) {
  JobRecord const& record = by_seq_.at(seq);
  unplace(record);
  by_id_.erase(record.job.id);
  by_seq_.erase(seq);
}

void Tables::place(JobRecord const& record) {
  ++counts_[record.job.queue][index(record.state)];
  switch (record.state) {
    case State::available: claimable_[record.job.queue].insert({record.job.priority, record.seq}); break;
    case State::scheduled:
    case State::retryable: later_[record.job.queue].insert({record.run_at, record.seq}); break;
    case State::running: running_.insert(record.seq); break;
    case State::completed:
    case State::cancelled: finished_[record.job.queue].insert({record.finished_at.value(), record.seq}); break;
    case State::discarded: discarded_[record.job.queue].insert({record.finished_at.value(), record.seq}); break;
    case State::blocked: break;
  }
}

void Tables::unplace(JobRecord const& record) {
  --counts_[record.job.queue][index(record.state)];
  claimable_[record.job.queue].erase({record.job.priority, record.seq});
  later_[record.job.queue].erase({record.run_at, record.seq});
  running_.erase(record.seq);
  if (!record.finished_at) return;
  finished_[record.job.queue].erase({*record.finished_at, record.seq});
  discarded_[record.job.queue].erase({*record.finished_at, record.seq});
}

void Tables::make_due(std::string const& queue, TimePoint now) {
  auto& later = later_[queue];
  while (!later.empty() && later.begin()->at <= now) {
    JobRecord const& record = by_seq_.at(later.begin()->seq);
    claimable_[queue].insert({record.job.priority, record.seq});
    later.erase(later.begin());
  }
}

std::set<Turn> const& Tables::claimable(std::string const& queue) const { return of_queue(claimable_, queue); }
std::set<Moment> const& Tables::later(std::string const& queue) const { return of_queue(later_, queue); }
std::set<Moment> const& Tables::finished(std::string const& queue) const { return of_queue(finished_, queue); }
std::set<Moment> const& Tables::discarded(std::string const& queue) const { return of_queue(discarded_, queue); }

std::set<std::string> Tables::queues() const {
  std::set<std::string> names = paused_;
  for (auto const& [queue, counts] : counts_) names.insert(queue);
  return names;
}

void Tables::set_paused(std::string const& queue, bool paused) {
  if (paused)
    paused_.insert(queue);
  else
    paused_.erase(queue);
}

QueueCounts Tables::counts(std::string const& queue) const { return {.queue = queue, .paused = paused(queue), .by_state = of_queue(counts_, queue)}; }

std::vector<std::string> Tables::problems() const {
  std::vector<std::string> found;
  std::map<std::string, std::array<std::int64_t, kStateCount>> counted;
  for (auto const& [seq, record] : by_seq_) {
    ++counted[record.job.queue][index(record.state)];
    if (auto const id = by_id_.find(record.job.id); id == by_id_.end() || id->second != seq) {
      found.push_back(fmt::format("job {} is not found by its id", record.job.id.str()));
    }
    if (is_final(record.state) != record.finished_at.has_value()) {
      found.push_back(fmt::format("job {} is {} and {} finished_at", record.job.id.str(), to_string(record.state), record.finished_at ? "has a" : "has no"));
    }
    bool const claimable = of_queue(claimable_, record.job.queue).contains({record.job.priority, seq});
    if (record.state == State::available && !claimable) {
      found.push_back(fmt::format("job {} is available and cannot be claimed", record.job.id.str()));
    }
  }
  for (auto const& [queue, counts] : counts_) {
    if (counts != counted[queue]) found.push_back(fmt::format("the counters of queue {} differ from its jobs", queue));
  }
  return found;
}

}  // namespace kue::memory
