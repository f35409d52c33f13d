#pragma once
// OomCounter: whether the kernel has killed a process for lack of memory since the last look (/proc/vmstat, and the own
// control group's memory.events where there is one).

#include <cstdint>

namespace kue::worker {

class OomCounter {
 public:
  OomCounter();
  bool rose();  // since the last call

 private:
  std::uint64_t last_ = 0;
};

}  // namespace kue::worker
