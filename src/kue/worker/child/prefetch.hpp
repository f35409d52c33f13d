#pragma once
// Prefetch: how many jobs a child claims at once. One at first; twice as many while a batch was over quickly, half as
// many after one that was not. A queue of slow jobs keeps its own small number beside a queue of quick ones.
//
// Source of the numbers: docs/decisions/0006-prefetch.md.

#include <kue/limits.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace kue::worker {

class Prefetch {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr Time kQuick = std::chrono::milliseconds(20);

  int size() const { return size_; }
  // `queues`: those that the batch came from. `took`: from the claim's answer to the end of its last job.
  void ended(std::vector<std::string> const& queues, Time took);
  void idle();  // nothing was there: start small again, so that a burst is shared with the other children

 private:
  std::map<std::string, int> sizes_;
  int size_ = 1;
};

// RunTimes: how long jobs of a kind run in this process, as far as it has seen them.
class RunTimes {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr Time kShort = std::chrono::milliseconds(10);

  void ran(std::string const& kind, Time took);
  bool is_short(std::string const& kind) const;  // false for a kind that it has not seen

 private:
  std::map<std::string, Time> usual_;  // a moving average, that a single long run lifts at once
};

}  // namespace kue::worker
