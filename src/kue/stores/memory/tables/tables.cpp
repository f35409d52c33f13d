#include "kue/stores/memory/tables/tables.hpp"

#include <fmt/format.h>

namespace kue::memory {
namespace {

template <class Map> typename Map::mapped_type const& in(Map const& map, typename Map::key_type const& queue) {
  static typename Map::mapped_type const kNone{};
  auto const found = map.find(queue);
  return found == map.end() ? kNone : found->second;
}

}  // namespace

Row* Tables::find(JobId id) {
  auto const found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &by_seq_.at(found->second);
}

Row* Tables::find_number(std::int64_t seq) {
  auto const found = by_seq_.find(seq);
  return found == by_seq_.end() ? nullptr : &found->second;
}

Lanes::const_iterator Tables::first_lane(std::string const& queue) const {
  auto const lane = lanes_.lower_bound({queue, limits::kMinPriority});
  return lane != lanes_.end() && lane->first.queue == queue ? lane : lanes_.end();
}

std::set<Moment> const& Tables::later(std::string const& queue) const { return in(later_, queue); }
std::set<Moment> const& Tables::finished(std::string const& queue) const { return in(finished_, queue); }
std::set<Moment> const& Tables::discarded(std::string const& queue) const { return in(discarded_, queue); }

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
  bell_.ring();
}

QueueCounts Tables::counts(std::string const& queue) const {
  return {.queue = queue, .paused = paused(queue), .by_state = in(counts_, queue)};
}

std::vector<std::string> Tables::problems() const {
  std::vector<std::string> found;
  std::map<std::string, std::array<std::int64_t, kStateCount>> counted;
  for (auto const& [seq, row] : by_seq_) {
    ++counted[row.job.queue][static_cast<std::size_t>(row.state)];
    std::string const id = row.job.id.str();
    if (auto const known = by_id_.find(row.job.id); known == by_id_.end() || known->second != seq)
      found.push_back(fmt::format("job {} is not found by its id", id));
    if (is_final(row.state) != row.finished_at.has_value()) {
      found.push_back(fmt::format("job {} is {} and {} finished_at", id, to_string(row.state),
                                  row.finished_at ? "has a" : "has no"));
    }
    bool const in_lane = in(lanes_, Lane{row.job.queue, row.job.priority}).contains(seq);
    if (row.state == State::available && !in_lane)
      found.push_back(fmt::format("job {} is available and stands in no lane", id));
    bool const may_stand_in_lane =
        row.state == State::available || row.state == State::scheduled || row.state == State::retryable;
    if (in_lane && !may_stand_in_lane)
      found.push_back(fmt::format("job {} is {} and stands in a lane", id, to_string(row.state)));
  }
  for (auto const& [queue, counts] : counts_) {
    if (counts != counted[queue]) found.push_back(fmt::format("the counters of queue {} differ from its jobs", queue));
  }
  return found;
}

}  // namespace kue::memory
