#pragma once
// Stretches: numbers of jobs as few pairs (first, last), for the tables ready, held and ended.
//
//   StretchesOf<std::pair<std::string_view, int>> ready;
//   for (Row const& row : rows) ready.add({row.queue, row.priority}, row.seq);
//   ready.each([&](auto const& key, Stretch stretch) { ... write it ... });
//
// What is pushed, claimed and ended together has numbers that follow each other: one row says what took an index entry
// a job, which was the most that a job cost (docs/decisions/0013). A stretch may skip a few numbers, which may belong
// to others: whoever reads one asks the job itself.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace kue::sqlite {

// More makes fewer rows where jobs of several queues come in turn, and more jobs of others to be looked at for each one
// that is found.
inline constexpr std::int64_t kMostSkipped = 32;

inline constexpr std::int64_t kPlainLane = 0;  // of jobs without limits: that of their queue and priority

struct Stretch {
  std::int64_t first = 0, last = 0;
};

// By the key of the table. Numbers that come in ascending order are gathered.
template <class Key> class StretchesOf {
 public:
  void add(Key const& key, std::int64_t seq) {
    if (latest_ == nullptr || latest_->first != key) latest_ = &*by_key_.try_emplace(key).first;
    std::vector<Stretch>& stretches = latest_->second;
    if (!stretches.empty() && seq > stretches.back().last && seq - stretches.back().last <= kMostSkipped)
      stretches.back().last = seq;
    else
      stretches.push_back({seq, seq});
  }

  template <class Write> void each(Write&& write) const {
    for (auto const& [key, stretches] : by_key_) {
      for (Stretch const& stretch : stretches) write(key, stretch);
    }
  }

 private:
  std::map<Key, std::vector<Stretch>> by_key_;
  std::pair<Key const, std::vector<Stretch>>* latest_ = nullptr;  // usually the next job has the same key
};

}  // namespace kue::sqlite
